-- Puts the next executions into one worker's hands and renews its lease: first what is due, oldest first, then what
-- will be due up to the horizon.
-- KEYS  1 ready, 2 scheduled, 3 retry, 4 processing of the worker, 5 workers
-- ARGV  1 worker id, 2 now (ms), 3 horizon (ms, not before now), 4 limit (1 to 1,000), 5 end of the lease (ms)
-- Reply flat array of integers: how many stay behind that are due by the horizon, how many are taken (n),
--       n ids, n due instants (ms; 0 when it is due already)
local now, horizon, limit = ARGV[2], ARGV[3], tonumber(ARGV[4])

-- Removes the first entries of scheduled and retry, merged, that are due by `by`. They hold the lowest ranks: the
-- second call comes only when the first has left nothing overdue.
local function withdraw(by, count)
  local a = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', by, 'WITHSCORES', 'LIMIT', 0, count)
  local b = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', by, 'WITHSCORES', 'LIMIT', 0, count)
  local ids, dues = {}, {}
  local i, j = 1, 1
  while #ids < count and (a[i] or b[j]) do
    if not b[j] or (a[i] and tonumber(a[i + 1]) <= tonumber(b[j + 1])) then
      ids[#ids + 1], dues[#dues + 1] = a[i], a[i + 1]
      i = i + 2
    else
      ids[#ids + 1], dues[#dues + 1] = b[j], b[j + 1]
      j = j + 2
    end
  end
  if i > 1 then redis.call('ZREMRANGEBYRANK', KEYS[2], 0, (i - 1) / 2 - 1) end
  if j > 1 then redis.call('ZREMRANGEBYRANK', KEYS[3], 0, (j - 1) / 2 - 1) end
  return ids, dues
end

redis.call('ZADD', KEYS[5], ARGV[5], ARGV[1])

-- As many become ready as can be popped, and they join at the tail: neither list can starve the other.
local overdue = withdraw(now, limit)
if #overdue > 0 then redis.call('RPUSH', KEYS[1], unpack(overdue)) end

local taken = redis.call('LPOP', KEYS[1], limit) or {}
local dueNow = #taken
local ahead, aheadDues = {}, {}
if dueNow < limit then ahead, aheadDues = withdraw(horizon, limit - dueNow) end
for i = 1, #ahead do taken[dueNow + i] = ahead[i] end
if #taken > 0 then redis.call('RPUSH', KEYS[4], unpack(taken)) end

local remaining = redis.call('LLEN', KEYS[1])
  + redis.call('ZCOUNT', KEYS[2], '-inf', horizon)
  + redis.call('ZCOUNT', KEYS[3], '-inf', horizon)
local reply = { remaining, #taken }
for i = 1, #taken do reply[2 + i] = tonumber(taken[i]) end
for i = 1, #taken do reply[2 + #taken + i] = i <= dueNow and 0 or tonumber(aheadDues[i - dueNow]) end
return reply
