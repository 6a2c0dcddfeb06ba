-- Returns executions that a worker took but will not run now. It ignores executions that the worker no longer holds. An
-- execution without a payload was withdrawn: it leaves the worker's list and goes nowhere.
-- KEYS  1 processing of the worker, 2 ready, 3 scheduled, then the payload of each entry, in the order of ARGV
-- ARGV  1 now (ms), then for each entry: id, due (ms), new payload ('' keeps the payload; it expires as before); due
--       executions go to the head of ready, in this order
-- Reply integer: number of returned executions
local now = tonumber(ARGV[1])
local ready, scheduled = {}, {}

-- Goes backwards, because LPUSH reverses the order.
for entry = #KEYS - 3, 1, -1 do
  local id, due, payload = ARGV[3 * entry - 1], ARGV[3 * entry], ARGV[3 * entry + 1]
  if redis.call('LREM', KEYS[1], 1, id) == 1 and redis.call('EXISTS', KEYS[3 + entry]) == 1 then
    if payload ~= '' then redis.call('SET', KEYS[3 + entry], payload, 'KEEPTTL') end
    if tonumber(due) <= now then
      ready[#ready + 1] = id
    else
      scheduled[#scheduled + 1] = due
      scheduled[#scheduled + 1] = id
    end
  end
end

if #ready > 0 then redis.call('LPUSH', KEYS[2], unpack(ready)) end
if #scheduled > 0 then redis.call('ZADD', KEYS[3], unpack(scheduled)) end
return #ready + #scheduled / 2
