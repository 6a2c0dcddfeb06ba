-- Tells which executions the queue does not know.
-- KEYS  the payloads
-- ARGV  none
-- Reply flat array of integers: the positions in KEYS, from 1, of those that are not there
local absent = {}
for position = 1, #KEYS do
  if redis.call('EXISTS', KEYS[position]) == 0 then absent[#absent + 1] = position end
end
return absent
