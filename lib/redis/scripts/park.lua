-- Puts off what a worker took and its host has no room for: to scheduled, until an instant by which somebody takes it
-- in any case, and among what is parked for the host, from where it is drawn as soon as there is room. Scheduled is what
-- counts: the other may be lost, or name what has long left. What has left the worker's hands is left alone; what has
-- lost its payload was taken back, and goes nowhere.
-- KEYS  1 processing of the worker, 2 scheduled, 3 parked for the host, 4 hosts with something parked,
--       then the payload of each entry, in the order of ARGV
-- ARGV  1 host, 2 now (ms), 3 expiry of keys 3 and 4 (ms, longer than anything is parked),
--       then for each entry: id, until (ms), rank (the lowest is drawn first)
-- Reply integer: how many were parked
local scheduled, parked = {}, {}
local last = 0

for entry = 1, #KEYS - 4 do
  local base = 3 * entry
  local id, untilMs, rank = ARGV[base + 1], ARGV[base + 2], ARGV[base + 3]
  if redis.call('LREM', KEYS[1], 1, id) == 1 and redis.call('EXISTS', KEYS[4 + entry]) == 1 then
    scheduled[#scheduled + 1] = untilMs
    scheduled[#scheduled + 1] = id
    parked[#parked + 1] = rank
    parked[#parked + 1] = id
    last = math.max(last, tonumber(untilMs))
  end
end

redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', ARGV[2])
if #scheduled == 0 then return 0 end
redis.call('ZADD', KEYS[2], unpack(scheduled))
redis.call('ZADD', KEYS[3], unpack(parked))
redis.call('ZADD', KEYS[4], 'GT', string.format('%.0f', last), ARGV[1])
redis.call('PEXPIRE', KEYS[3], ARGV[3])
redis.call('PEXPIRE', KEYS[4], ARGV[3])
return #scheduled / 2
