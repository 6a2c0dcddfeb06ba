-- Removes executions from the queue. Their ids stay in ready and in processing lists, where LREM would walk the whole list
-- for each id. A worker that takes such an id finds no payload, and PostgreSQL refuses its claim.
-- KEYS  1 scheduled, 2 retry, then the payload of each id
-- ARGV  the ids
-- Reply integer: number of ids that the queue knew
if #ARGV == 0 then return 0 end
redis.call('ZREM', KEYS[1], unpack(ARGV))
redis.call('ZREM', KEYS[2], unpack(ARGV))
return redis.call('DEL', unpack(KEYS, 3))
