-- List the ids of unfinished questions that changed long ago and are due, and of those that changed in the future,
-- since the clock was set back after their due time was set, too. Drop those without a row.
-- KEYS: unfinished.  ARGV: how keys of rows begin, age in s.
local time = redis.call('TIME')
local now = string.format('%d.%06d', time[1], time[2])
local stale = string.format('%.6f', tonumber(now) - tonumber(ARGV[2]))
local found = {}
for number, range in ipairs({{'-inf', stale}, {'(' .. now, '+inf'}}) do
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], range[1], range[2])) do
    local due = redis.call('HGET', ARGV[1] .. id, 'due')
    if not due then
      redis.call('ZREM', KEYS[1], id)
    elseif number == 2 or tonumber(due) <= tonumber(now) then
      found[#found + 1] = id
    end
  end
end
return found
