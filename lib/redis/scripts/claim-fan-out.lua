-- Lets one caller in a window send further wake-ups. SET NX PX alone would measure the window by the server's clock;
-- here the callers' clocks decide, and the expiry only keeps the key from being left behind.
-- KEYS  1 fan-out
-- ARGV  1 now (ms), 2 window (ms), 3 expiry (ms, longer than the window)
-- Reply integer: 1 when the window is the caller's, 0 when somebody else has it
local now, windowMs = tonumber(ARGV[1]), tonumber(ARGV[2])
local claimedAt = redis.call('GET', KEYS[1])
-- Either side: a caller whose clock is a little behind is in the same window, and a claim from the far future (the
-- clock was set back) must not block until the clock has caught up.
if claimedAt and math.abs(now - tonumber(claimedAt)) < windowMs then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
return 1
