-- Returns the executions of stopped workers to the head of ready, in the order in which each worker took them. A worker is
-- removed with its last execution. While its list is not empty it stays in workers, where the next call finds it.
-- KEYS  1 ready, 2 workers, then the processing list of each worker, in the order of ARGV
-- ARGV  1 instant by which a lease must have ended (ms; '+inf' if the worker itself asks), 2 limit (1 to 1,000), then the
--       worker ids
-- Reply integer: number of returned executions
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
