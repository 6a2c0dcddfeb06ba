-- Ends executions that a worker holds. An execution that the worker no longer holds (settled before, or reclaimed) is not
-- moved; only its end, SUCCESS or FAILED, still counts, once for each id and day. If the queue does not know the execution
-- either, the day's set tells whether it was already counted. A full set may miss ids, so then it is not counted.
-- KEYS  1 processing of the worker, 2 retry, 3 completed today, 4 its counter, 5 failed today, 6 its counter,
--       then the payload of each entry, in the order of ARGV
-- ARGV  1 now (ms), 2 how long a payload outlives its due instant (ms), 3 how long a day's sets and counters are kept (ms),
--       4 maximum size of a day's set, then one text for all entries with commas between them: 5 ids,
--       6 'SUCCESS', 'FAILED', 'RETRYING' or 'DROPPED', 7 due of the retry (ms; otherwise 0)
-- Reply integer: number of outcomes that had an effect
local now, graceMs, keepMs, maxMembers = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local finished = { SUCCESS = {}, FAILED = {} }
local unknown = { SUCCESS = {}, FAILED = {} }
local retries, gone = {}, {}
local effective = 0

local nextId, nextStatus, nextDue = ARGV[5]:gmatch('[^,]+'), ARGV[6]:gmatch('[^,]+'), ARGV[7]:gmatch('[^,]+')
for entry = 1, #KEYS - 6 do
  local id, status, due = nextId(), nextStatus(), nextDue()
  local payload = KEYS[6 + entry]
  local held = redis.call('LREM', KEYS[1], 1, id) == 1
  local applies
  if status == 'RETRYING' then
    -- Without a payload the execution was withdrawn, or its payload expired. It must then be absent, so that a rebuild can
    -- enqueue it again.
    applies = held and redis.call('PEXPIRE', payload, math.max(tonumber(due) - now, 0) + graceMs) == 1
    if applies then
      retries[#retries + 1] = due
      retries[#retries + 1] = id
    end
  elseif status == 'DROPPED' then
    applies = held
    if applies then gone[#gone + 1] = payload end
  else
    applies = held or redis.call('DEL', payload) == 1
    if applies then gone[#gone + 1] = payload end
    table.insert(applies and finished[status] or unknown[status], id)
  end
  if applies then effective = effective + 1 end
end

-- Counts ended executions. The set is bounded and drops members; the counter stays exact.
local function count(status, set, counter)
  local ids = finished[status]
  if #unknown[status] > 0 and redis.call('SCARD', set) < maxMembers then
    for _, id in ipairs(unknown[status]) do ids[#ids + 1] = id end
  end
  if #ids == 0 then return end
  redis.call('INCRBY', counter, redis.call('SADD', set, unpack(ids)))
  local excess = redis.call('SCARD', set) - maxMembers
  if excess > 0 then redis.call('SPOP', set, excess) end
  redis.call('PEXPIRE', set, keepMs)
  redis.call('PEXPIRE', counter, keepMs)
end

if #gone > 0 then redis.call('DEL', unpack(gone)) end
if #retries > 0 then redis.call('ZADD', KEYS[2], unpack(retries)) end
count('SUCCESS', KEYS[3], KEYS[4])
count('FAILED', KEYS[5], KEYS[6])
return effective
