-- Finds the executions that the queue does not know. It also keeps the payloads of the others from expiring while they wait.
-- KEYS  the payloads
-- ARGV  1 minimum time for which a payload is kept from now (ms)
-- Reply flat array of integers: the positions of the missing payloads in KEYS, from 1
local absent = {}
for position = 1, #KEYS do
  -- PEXPIRE GT returns 0 for a payload that is already kept for longer, and for a missing payload.
  if redis.call('PEXPIRE', KEYS[position], ARGV[1], 'GT') == 0 and redis.call('EXISTS', KEYS[position]) == 0 then
    absent[#absent + 1] = position
  end
end
return absent
