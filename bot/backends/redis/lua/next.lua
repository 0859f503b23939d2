-- Read the first unfinished question of a conversation, and drop those before it whose rows are gone.
-- KEYS: lane.  ARGV: how keys of rows begin, then the fields to read, `question` first.
while true do
  local id = redis.call('ZRANGE', KEYS[1], 0, 0)[1]
  if not id then
    return false
  end
  local row = redis.call('HMGET', ARGV[1] .. id, unpack(ARGV, 2))
  if row[1] then
    return row
  end
  redis.call('ZREM', KEYS[1], id)
end
