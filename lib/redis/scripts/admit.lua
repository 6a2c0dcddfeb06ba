-- Admits one request of an API key, or says how long the request has to wait. It is the generic cell rate algorithm in its
-- virtual scheduling form (ITU-T I.371, annex A; with Redis: https://brandur.org/rate-limiting). It stores only the
-- theoretical arrival time (TAT): the instant of the next request if the caller sends at the sustained rate. Each request
-- moves the TAT on by the interval. A request that would move it further ahead of now than the window has to wait.
-- KEYS  1 rate of the key
-- ARGV  1 now (µs), 2 interval between requests at the sustained rate (µs), 3 window (µs): the interval times the requests
--       of the burst, 4 how long the key outlives its TAT (ms)
-- Reply flat array of integers: 1 if the request is admitted, otherwise 0; number of further requests that would be
--       admitted now; how long the request has to wait (µs, 0 if admitted); time until the whole burst is available (µs)
local now, interval, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local tat = tonumber(redis.call('GET', KEYS[1]) or 0)
-- A TAT far in the future comes from a wrong clock (ours was set back, or another caller's is wrong). It must not block.
if tat < now or tat > now + 2 * window then tat = now end

local nextTat = tat + interval
local wait = nextTat - window - now
if wait > 0 then return { 0, 0, wait, tat - now } end

local expiryMs = math.ceil((nextTat - now) / 1000) + tonumber(ARGV[4])
-- string.format keeps all 16 digits; tostring would keep only 14.
redis.call('SET', KEYS[1], string.format('%.0f', nextTat), 'PX', expiryMs)
return { 1, math.floor(-wait / interval), 0, nextTat - now }
