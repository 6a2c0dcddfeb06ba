-- Returns the executions of a worker that is gone to the head of ready, in the order it took them. The worker itself
-- goes with the last of them: while its list has members it stays among the workers, where the next call finds it.
-- KEYS  1 processing of the worker, 2 ready, 3 workers
-- ARGV  1 worker id, 2 the lease must have ended by then (ms, or '+inf': the worker says so itself), 3 limit (1 to 1,000)
-- Reply integer: how many went back
local leaseEnd = redis.call('ZSCORE', KEYS[3], ARGV[1])
if leaseEnd and tonumber(leaseEnd) > tonumber(ARGV[2]) then return 0 end

local ids = redis.call('RPOP', KEYS[1], ARGV[3]) or {}
if #ids > 0 then redis.call('LPUSH', KEYS[2], unpack(ids)) end
if redis.call('LLEN', KEYS[1]) == 0 then redis.call('ZREM', KEYS[3], ARGV[1]) end
return #ids
