-- Puts the next executions into one worker's hands and renews its lease: first what is due, oldest first, then what
-- will be due up to the horizon.
-- KEYS  1 ready, 2 scheduled, 3 retry, 4 processing of the worker, 5 workers, 6 fan-out
-- ARGV  1 worker id, 2 now (ms), 3 horizon (ms, not before now), 4 limit (0 to 1,000), 5 how many may be taken when
--       something is taken ahead (0 to the limit), 6 end of the lease (ms),
--       7 how often further wake-ups may be sent for what stays behind (ms), 8 expiry of fan-out (ms, longer than that)
-- Reply flat array of integers: how many stay behind that are due now, 1 if the worker may send wake-ups for them (else 0),
--       how many are in its list, how many are taken (n), n ids, n due instants (ms; 0 when it is due already)
local now, horizon, limit, aheadLimit = ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])

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

redis.call('ZADD', KEYS[5], ARGV[6], ARGV[1])

-- As many become ready as can be popped, and they join at the tail: neither list can starve the other.
local overdue = limit > 0 and withdraw(now, limit) or {}
if #overdue > 0 then redis.call('RPUSH', KEYS[1], unpack(overdue)) end

local taken = limit > 0 and redis.call('LPOP', KEYS[1], limit) or {}
local dueNow = #taken
local ahead, aheadDues = {}, {}
if dueNow < aheadLimit then ahead, aheadDues = withdraw(horizon, aheadLimit - dueNow) end
for i = 1, #ahead do taken[dueNow + i] = ahead[i] end
if #taken > 0 then redis.call('RPUSH', KEYS[4], unpack(taken)) end

local remaining = redis.call('LLEN', KEYS[1])
  + redis.call('ZCOUNT', KEYS[2], '-inf', now)
  + redis.call('ZCOUNT', KEYS[3], '-inf', now)

-- Lets one caller in a window send further wake-ups. SET NX PX alone would measure the window by the server's clock; here
-- the callers' clocks decide, and the expiry only keeps the key from being left behind. Either side of the instant counts:
-- a caller whose clock is a little behind is in the same window, and a claim from the far future (the clock was set back)
-- must not block until the clock has caught up.
local mayWake = 0
if remaining > 0 then
  local claimedAt = redis.call('GET', KEYS[6])
  if not claimedAt or math.abs(tonumber(now) - tonumber(claimedAt)) >= tonumber(ARGV[7]) then
    redis.call('SET', KEYS[6], now, 'PX', ARGV[8])
    mayWake = 1
  end
end

local reply = { remaining, mayWake, redis.call('LLEN', KEYS[4]), #taken }
for i = 1, #taken do reply[#reply + 1] = tonumber(taken[i]) end
for i = 1, #taken do reply[#reply + 1] = i <= dueNow and 0 or tonumber(aheadDues[i - dueNow]) end
return reply
