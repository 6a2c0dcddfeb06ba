-- Tells which executions the queue does not know, and keeps what it knows of the others from expiring while they wait.
-- KEYS  the payloads
-- ARGV  1 how long from now a payload is kept at least (ms)
-- Reply flat array of integers: the positions in KEYS, from 1, of those that are not there
local absent = {}
for position = 1, #KEYS do
  -- GT changes nothing where the payload is kept for longer, and where there is none.
  if redis.call('PEXPIRE', KEYS[position], ARGV[1], 'GT') == 0 and redis.call('EXISTS', KEYS[position]) == 0 then
    absent[#absent + 1] = position
  end
end
return absent
