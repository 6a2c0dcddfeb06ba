-- Gives back what a worker took and will not run now. What has left its hands is left alone; what has lost its payload
-- was taken back, and goes nowhere.
-- KEYS  1 processing of the worker, 2 ready, 3 scheduled, then the payload of each entry, in the order of ARGV
-- ARGV  1 now (ms), then for each entry: id, due (ms); what is due goes to the head of ready, in this order
-- Reply integer: how many went back
local now = tonumber(ARGV[1])
local ready, scheduled = {}, {}

-- Backwards, since LPUSH turns the order round.
for entry = #KEYS - 3, 1, -1 do
  local id, due = ARGV[2 * entry], ARGV[2 * entry + 1]
  if redis.call('LREM', KEYS[1], 1, id) == 1 and redis.call('EXISTS', KEYS[3 + entry]) == 1 then
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
