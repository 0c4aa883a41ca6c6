/**
 * A sliding window for RateLimiterRedis, whose own windows start with the first message and end all at once: a set of
 * what was taken, by time. What is refused takes nothing, so that whoever goes on writing is not kept out for ever.
 * Arguments and answer are the library's: points, seconds, limit; then {taken, ms}. Above the limit, ms is the wait.
 */
export const SLIDING_WINDOW = `local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local points, window, limit = tonumber(ARGV[1]), tonumber(ARGV[2]) * 1000000, tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - window))
local taken = redis.call('ZCARD', KEYS[1])
if taken + points > limit then
  local last = redis.call('ZRANGE', KEYS[1], taken + points - limit - 1, taken + points - limit - 1, 'WITHSCORES')
  return {limit + 1, math.ceil((tonumber(last[2]) + window - now) / 1000)}
end
for point = 1, points do
  local at = string.format('%.0f', now)
  redis.call('ZADD', KEYS[1], at, at .. ':' .. taken + point)
end
redis.call('PEXPIRE', KEYS[1], window / 1000)
return {taken + points, window / 1000}`
