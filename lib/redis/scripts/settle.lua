-- Ends what a worker holds. An execution that has left its hands (settled before, or reclaimed) is put nowhere: only
-- its end, completed or failed, still counts, once for an id and a day. Where the queue does not know it either, the day's set
-- tells whether it has been counted, as long as that is not full and so knows all of the day.
-- KEYS  1 processing of the worker, 2 retry, 3 completed today, 4 its counter, 5 failed today, 6 its counter,
--       then the payload of each entry, in the order of ARGV
-- ARGV  1 now (ms), 2 how long a payload outlives its due instant (ms), 3 how long a day is kept (ms),
--       4 how many members a day's set may have,
--       then for each entry: id, 'completed', 'failed', 'retry' or 'dropped', due of the retry (ms; else 0)
-- Reply integer: how many outcomes had an effect
local now, graceMs, keepMs, maxMembers = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local finished = { completed = {}, failed = {} }
local unknown = { completed = {}, failed = {} }
local retries, gone = {}, {}
local effective = 0

for entry = 1, #KEYS - 6 do
  local base = 3 * entry + 1
  local id, outcome, due = ARGV[base + 1], ARGV[base + 2], ARGV[base + 3]
  local payload = KEYS[6 + entry]
  local held = redis.call('LREM', KEYS[1], 1, id) == 1
  local applies
  if outcome == 'retry' then
    -- Without its payload it was taken back, or expired: then it must be absent, so that a rebuild may bring it again.
    applies = held and redis.call('PEXPIRE', payload, math.max(tonumber(due) - now, 0) + graceMs) == 1
    if applies then
      retries[#retries + 1] = due
      retries[#retries + 1] = id
    end
  elseif outcome == 'dropped' then
    applies = held
    if applies then gone[#gone + 1] = payload end
  else
    applies = held or redis.call('DEL', payload) == 1
    if applies then gone[#gone + 1] = payload end
    table.insert(applies and finished[outcome] or unknown[outcome], id)
  end
  if applies then effective = effective + 1 end
end

-- The counter stays exact when the set, which is bounded, gives members up.
local function count(outcome, set, counter)
  local ids = finished[outcome]
  if #unknown[outcome] > 0 and redis.call('SCARD', set) < maxMembers then
    for _, id in ipairs(unknown[outcome]) do ids[#ids + 1] = id end
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
count('completed', KEYS[3], KEYS[4])
count('failed', KEYS[5], KEYS[6])
return effective
