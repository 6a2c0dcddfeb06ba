-- Asks the workers that hold these executions to break off their requests. Which worker holds an execution is not looked up:
-- each worker reads all cancel requests. The newest ones stay when there are too many.
-- KEYS  1 cancels
-- ARGV  1 now (ms), 2 how long a cancel request is kept (ms), 3 maximum number of cancel requests, then the ids
-- Reply integer: number of cancel requests that are kept
local now, keepMs, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local entries = {}
for word = 4, #ARGV do
  entries[#entries + 1] = now + keepMs
  entries[#entries + 1] = ARGV[word]
end
if #entries > 0 then redis.call('ZADD', KEYS[1], unpack(entries)) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -(most + 1))
redis.call('PEXPIRE', KEYS[1], keepMs)
return redis.call('ZCARD', KEYS[1])
