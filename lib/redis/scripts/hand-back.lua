-- Returns the executions of workers that are gone to the head of ready, those of each in the order it took them. A worker
-- itself goes with the last of them: while its list has members it stays among the workers, where the next call finds it.
-- KEYS  1 ready, 2 workers, then the processing list of each worker, in the order of ARGV
-- ARGV  1 the leases must have ended by then (ms, or '+inf': the worker says so itself), 2 limit (1 to 1,000), then the
--       worker ids
-- Reply integer: how many went back
local leaseEndedBy, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
local moved = 0

for worker = 1, #KEYS - 2 do
  if moved == limit then break end
  local processing, id = KEYS[2 + worker], ARGV[2 + worker]
  local leaseEnd = redis.call('ZSCORE', KEYS[2], id)
  if not leaseEnd or tonumber(leaseEnd) <= leaseEndedBy then
    local ids = redis.call('RPOP', processing, limit - moved) or {}
    if #ids > 0 then redis.call('LPUSH', KEYS[1], unpack(ids)) end
    if redis.call('LLEN', processing) == 0 then redis.call('ZREM', KEYS[2], id) end
    moved = moved + #ids
  end
end
return moved
