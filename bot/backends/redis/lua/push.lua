-- Keep a dead letter, in place of the same one pushed before.
-- KEYS: letter, dead.  ARGV: digest, payload, reason, lifetime in s.
local time = redis.call('TIME')
local now = string.format('%d.%06d', time[1], time[2])
redis.call('HSET', KEYS[1], 'payload', ARGV[2], 'reason', ARGV[3], 'at', now)
redis.call('ZADD', KEYS[2], now, ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[4])
redis.call('EXPIRE', KEYS[2], ARGV[4])
return 1
