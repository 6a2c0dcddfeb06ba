-- Gives the next executions to one worker and renews its lease. It takes due executions first, oldest first, then
-- executions that become due up to the horizon.
-- KEYS  1 ready, 2 scheduled, 3 retry, 4 processing of the worker, 5 workers, 6 fan-out, 7 held-back, 8 its version
-- ARGV  1 worker id, 2 now (ms), 3 horizon (ms, not before now), 4 limit of due executions (0 to 1,000),
--       5 executions are taken ahead only while fewer than this many and than the limit have been taken (0 to 1,000),
--       6 end of the lease (ms), 7 length of the window in which one worker may send further wake-ups (ms),
--       8 expiry of fan-out (ms, longer than the window), 9 the version of held-back that the worker knows
-- Reply 1 number of due executions that remain, 2 1 if the worker may send wake-ups for them (otherwise 0), 3 number of
--       executions in its list, 4 the taken ids, separated by commas, 5 their due instants (ms; 0 if already due),
--       separated by commas, 6 the version of held-back, 7 its origins with their instants (ms), flat; empty if the worker
--       knows the version
local now, horizon, limit, aheadLimit = ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])

-- Removes the first entries of scheduled and retry, merged, that are due by `by`, and returns them. It removes them by
-- rank, because they have the lowest ranks. The second call happens only when no entry is overdue.
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

-- Moves at most as many overdue entries to ready as the next line pops, and appends them: neither list can starve the other.
local overdue = limit > 0 and withdraw(now, limit) or {}
if #overdue > 0 then redis.call('RPUSH', KEYS[1], unpack(overdue)) end

local taken = limit > 0 and redis.call('LPOP', KEYS[1], limit) or {}
local dueNow = #taken
local ahead, aheadDues = {}, {}
if dueNow < limit and dueNow < aheadLimit then ahead, aheadDues = withdraw(horizon, aheadLimit - dueNow) end
for i = 1, #ahead do taken[dueNow + i] = ahead[i] end
if #taken > 0 then redis.call('RPUSH', KEYS[4], unpack(taken)) end

local remaining = redis.call('LLEN', KEYS[1])
  + redis.call('ZCOUNT', KEYS[2], '-inf', now)
  + redis.call('ZCOUNT', KEYS[3], '-inf', now)

-- Allows one worker in a window to send further wake-ups. SET NX PX alone would measure the window by the server's clock.
-- Here the workers' clocks decide, and the expiry only removes an unused key. The window extends to both sides of the claim:
-- a worker whose clock is slightly behind is in the same window. A claim from the far future (a clock was set back) is not,
-- so it does not block until the clock has caught up.
local mayWake = 0
if remaining > 0 then
  local claimedAt = redis.call('GET', KEYS[6])
  if not claimedAt or math.abs(tonumber(now) - tonumber(claimedAt)) >= tonumber(ARGV[7]) then
    redis.call('SET', KEYS[6], now, 'PX', ARGV[8])
    mayWake = 1
  end
end

local dues = {}
for i = 1, #taken do dues[i] = i <= dueNow and '0' or aheadDues[i - dueNow] end

local version = redis.call('GET', KEYS[8]) or ''
local heldBack = {}
if version ~= ARGV[9] then heldBack = redis.call('ZRANGE', KEYS[7], 0, -1, 'WITHSCORES') end
local processing = redis.call('LLEN', KEYS[4])
return { remaining, mayWake, processing, table.concat(taken, ','), table.concat(dues, ','), version, heldBack }
