-- Admits one request of a key, or says how long it has to wait: the generic cell rate algorithm in its form of virtual
-- scheduling (ITU-T I.371, annex A; over Redis in https://brandur.org/rate-limiting). All it keeps is the theoretical
-- arrival time (TAT): when the next request would come of a caller who sends at the sustained rate. Each request moves it
-- on by the interval; what would move it further ahead of now than the window, which is the burst, waits.
-- KEYS  1 rate of the key
-- ARGV  1 now (µs), 2 interval between requests at the sustained rate (µs), 3 window: as many intervals as the burst has
--       requests (µs), 4 how long the key outlives its TAT (ms)
-- Reply flat array of integers: 1 when it is admitted, else 0; how many more would be admitted now; how long it has to
--       wait (µs, 0 when admitted); how long until the whole burst is there again (µs)
local now, interval, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local tat = tonumber(redis.call('GET', KEYS[1]) or 0)
-- From far ahead is no word of a clock like ours (it was set back, or another's is wrong): nobody is kept out by it.
if tat < now or tat > now + 2 * window then tat = now end

local nextTat = tat + interval
local wait = nextTat - window - now
if wait > 0 then return { 0, 0, wait, tat - now } end

local expiryMs = math.ceil((nextTat - now) / 1000) + tonumber(ARGV[4])
-- Written out, since tostring gives 14 digits and this has 16.
redis.call('SET', KEYS[1], string.format('%.0f', nextTat), 'PX', expiryMs)
return { 1, math.floor(-wait / interval), 0, nextTat - now }
