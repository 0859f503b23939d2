-- Read all dead letters, oldest first; drop those whose time is over.
-- KEYS: dead.  ARGV: how keys of letters begin.
local found = {}
for _, digest in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local letter = redis.call('HMGET', ARGV[1] .. digest, 'payload', 'reason', 'at')
  if letter[1] then
    found[#found + 1] = letter
  else
    redis.call('ZREM', KEYS[1], digest)
  end
end
return found
