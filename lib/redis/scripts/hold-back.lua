-- Holds back the requests to origins until an instant, for all workers. An instant never becomes earlier. When too many
-- origins are held back, the ones that would end the soonest are forgotten.
-- KEYS  1 held-back, 2 its version
-- ARGV  1 now (ms), 2 maximum number of origins, 3 longest time from now (ms); a later instant comes from a wrong clock, and
--       is removed, 4 how long both keys outlive the last instant (ms), 5 a version that was never used before, then for each
--       entry: instant (ms), origin
-- Reply integer: number of origins that are held back for longer than before
local now, most, longest, margin = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local changed = redis.call('ZADD', KEYS[1], 'GT', 'CH', unpack(ARGV, 6))
redis.call('ZREMRANGEBYSCORE', KEYS[1], string.format('(%.0f', now + longest), '+inf')
if changed == 0 then return 0 end

local excess = redis.call('ZCARD', KEYS[1]) - most
if excess > 0 then redis.call('ZREMRANGEBYRANK', KEYS[1], 0, excess - 1) end
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
local expiry = math.ceil((tonumber(last[2]) or now) - now + margin)
redis.call('PEXPIRE', KEYS[1], expiry)
redis.call('SET', KEYS[2], ARGV[5], 'PX', expiry)
return changed
