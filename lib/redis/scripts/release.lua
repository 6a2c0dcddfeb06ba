-- Returns executions that a worker took but will not run now to scheduled, which keeps them in due order, also when many
-- workers return theirs. It ignores executions that the worker no longer holds. An execution without a payload was withdrawn: it leaves
-- the worker's list and goes nowhere.
-- KEYS  1 processing of the worker, 2 scheduled, then the payload of each entry, in the order of ARGV
-- ARGV  for each entry: id, due (ms, past or future), new payload ('' keeps the payload; it expires as before)
-- Reply integer: number of returned executions
local scheduled = {}

for entry = 1, #KEYS - 2 do
  local id, due, payload = ARGV[3 * entry - 2], ARGV[3 * entry - 1], ARGV[3 * entry]
  if redis.call('LREM', KEYS[1], 1, id) == 1 and redis.call('EXISTS', KEYS[2 + entry]) == 1 then
    if payload ~= '' then redis.call('SET', KEYS[2 + entry], payload, 'KEEPTTL') end
    scheduled[#scheduled + 1] = due
    scheduled[#scheduled + 1] = id
  end
end

if #scheduled > 0 then redis.call('ZADD', KEYS[2], unpack(scheduled)) end
return #scheduled / 2
