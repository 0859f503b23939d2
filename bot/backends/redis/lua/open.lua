-- Claim a message: its row, its place in its conversation, its place among the unfinished.
-- KEYS: row, lane, unfinished, places.  ARGV: id, question, mark of the caller, lifetime in s.
-- Returns 1 to the caller who claimed it, also when he asks again after a lost reply; otherwise 0.
if redis.call('EXISTS', KEYS[1]) == 1 then
  return redis.call('HGET', KEYS[1], 'mark') == ARGV[3] and 1 or 0
end
local time = redis.call('TIME')
local now = string.format('%d.%06d', time[1], time[2])
local place = redis.call('INCR', KEYS[4])
redis.call('HSET', KEYS[1], 'question', ARGV[2], 'lane', KEYS[2], 'place', place, 'state', 'open',
  'updated', now, 'attempts', 0, 'due', 0, 'mark', ARGV[3])
redis.call('ZADD', KEYS[2], place, ARGV[1])
redis.call('ZADD', KEYS[3], now, ARGV[1])
for _, key in ipairs(KEYS) do
  redis.call('EXPIRE', key, ARGV[4])
end
return 1
