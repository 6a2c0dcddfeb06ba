-- Puts what is parked for a host into one worker's hands, by rank, and renews its lease. Something that was parked and has
-- left since is skipped; so is what scheduled holds for an instant that is near: that may be its own.
-- KEYS  1 parked for the host, 2 hosts with something parked, 3 scheduled, 4 processing of the worker, 5 workers
-- ARGV  1 host, 2 worker id, 3 end of the lease (ms), 4 limit (1 to 1,000), 5 only what is scheduled for after this (ms)
-- Reply flat array of integers: how many the host may still have, then the ids
local popped = redis.call('ZPOPMIN', KEYS[1], ARGV[4])
local ids = {}

for i = 1, #popped, 2 do
  local untilMs = redis.call('ZSCORE', KEYS[3], popped[i])
  if untilMs and tonumber(untilMs) > tonumber(ARGV[5]) then ids[#ids + 1] = popped[i] end
end

if #ids > 0 then
  redis.call('ZREM', KEYS[3], unpack(ids))
  redis.call('RPUSH', KEYS[4], unpack(ids))
  redis.call('ZADD', KEYS[5], ARGV[3], ARGV[2])
end
local remaining = redis.call('ZCARD', KEYS[1])
if remaining == 0 then redis.call('ZREM', KEYS[2], ARGV[1]) end

local reply = { remaining }
for i = 1, #ids do reply[1 + i] = tonumber(ids[i]) end
return reply
