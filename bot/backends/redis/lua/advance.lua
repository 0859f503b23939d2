-- Move a question to another state; the rules are those of the port `Ledger.advance`.
-- KEYS: row, unfinished, places.
-- ARGV: id, state, receipt or '', due in s, mark of the caller, lifetime in s, then every finished state.
local row = redis.call('HMGET', KEYS[1], 'state', 'lane', 'place', 'mark')
local state, lane, place, mark = row[1], row[2], row[3], row[4]
if not state or mark == ARGV[5] then
  return 0 -- unknown, or moved already and the reply was lost
end
local finished = {}
for i = 7, #ARGV do
  finished[ARGV[i]] = true
end
if finished[state] and not (state == 'failed' and ARGV[2] == 'open') then
  return 0
end
local time = redis.call('TIME')
local now = string.format('%d.%06d', time[1], time[2])
local due_in = tonumber(ARGV[4])
local due = due_in > 0 and string.format('%.6f', tonumber(now) + due_in) or 0
redis.call('HSET', KEYS[1], 'state', ARGV[2], 'updated', now, 'due', due, 'mark', ARGV[5])
if ARGV[3] ~= '' then
  redis.call('HSET', KEYS[1], 'receipt', ARGV[3])
end
if state == 'failed' then
  redis.call('HSET', KEYS[1], 'attempts', 0, 'deaths', 0)
elseif ARGV[2] == 'waiting' then
  if tonumber(redis.call('HGET', KEYS[1], 'attempts') or 0) > 0 then
    redis.call('HINCRBY', KEYS[1], 'attempts', -1)
  end
elseif ARGV[2] == 'working' then
  redis.call('HINCRBY', KEYS[1], 'attempts', 1)
  if state == 'working' or state == 'acknowledged' then
    redis.call('HINCRBY', KEYS[1], 'deaths', 1)
  end
end
if finished[ARGV[2]] then
  redis.call('ZREM', lane, ARGV[1])
  redis.call('ZREM', KEYS[2], ARGV[1])
else
  redis.call('ZADD', lane, place, ARGV[1])
  redis.call('ZADD', KEYS[2], now, ARGV[1])
end
for _, key in ipairs({KEYS[1], KEYS[2], KEYS[3], lane}) do
  redis.call('EXPIRE', key, ARGV[6])
end
return 1
