-- Take a lease unless another holds it. One that lasts ten times as long as asked was set before the clock went back.
-- KEYS: lease.  ARGV: token, lifetime in ms.  Returns 1 or 0; 1 again to the same token, after a lost reply.
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] and redis.call('PTTL', KEYS[1]) <= 10 * tonumber(ARGV[2]) then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
