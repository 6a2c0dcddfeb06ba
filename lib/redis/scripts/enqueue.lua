-- Adds executions to the queue. It does not change an execution that the queue already knows (its payload exists).
-- KEYS  1 ready, 2 scheduled, 3 retry, then the payload of each entry, in the order of ARGV
-- ARGV  1 now (ms), 2 how long a payload outlives its due instant (ms),
--       then for each entry: id, due (ms), 'scheduled' or 'retry' (the set in which it waits if it is not due), payload
-- Reply integer: number of new executions
local now = tonumber(ARGV[1])
local graceMs = tonumber(ARGV[2])
local ready, scheduled, retry = {}, {}, {}
local new = 0

for entry = 1, #KEYS - 3 do
  local base = 4 * entry - 2
  local id, due, queue, payload = ARGV[base + 1], ARGV[base + 2], ARGV[base + 3], ARGV[base + 4]
  local ttlMs = math.max(tonumber(due) - now, 0) + graceMs
  if redis.call('SET', KEYS[3 + entry], payload, 'NX', 'PX', ttlMs) then
    new = new + 1
    if tonumber(due) <= now then
      ready[#ready + 1] = id
    else
      local waiting = queue == 'retry' and retry or scheduled
      waiting[#waiting + 1] = due
      waiting[#waiting + 1] = id
    end
  end
end

if #ready > 0 then redis.call('RPUSH', KEYS[1], unpack(ready)) end
if #scheduled > 0 then redis.call('ZADD', KEYS[2], unpack(scheduled)) end
if #retry > 0 then redis.call('ZADD', KEYS[3], unpack(retry)) end
return new
