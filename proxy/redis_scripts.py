"""The scripts that Redis runs, each as one step: taking what a call needs, holding on to it, giving it back.

KEYS are four for each gate: requests (a sorted set id → time), tokens (the same), amounts (a hash id → tokens, and
`used`, their sum), streams (a sorted set id → when its lease ends). Times are seconds of Redis's own clock, which all
processes share; ARGV[1] stands in for it in tests. ARGV[2] is the id of the call.
"""

from __future__ import annotations

SHARED = """
local now = tonumber(ARGV[1])
if now == nil then
  local time = redis.call('TIME')
  now = time[1] + time[2] / 1000000
end
local id = ARGV[2]
local function text(number) return string.format('%.6f', number) end

local function forget(tokens, amounts)
  local past = text(now - 60)
  for _, gone in ipairs(redis.call('ZRANGEBYSCORE', tokens, '-inf', past)) do
    redis.call('HINCRBY', amounts, 'used', 0 - (tonumber(redis.call('HGET', amounts, gone)) or 0)) -- never "-0"
    redis.call('HDEL', amounts, gone)
  end
  redis.call('ZREMRANGEBYSCORE', tokens, '-inf', past)
  if redis.call('ZCARD', tokens) == 0 then redis.call('DEL', amounts) end
end

local function add(tokens, amounts, name, amount)
  redis.call('ZADD', tokens, text(now), name)
  redis.call('HSET', amounts, name, amount)
  redis.call('HINCRBY', amounts, 'used', amount)
  redis.call('PEXPIRE', tokens, 120000)
  redis.call('PEXPIRE', amounts, 120000)
end
"""

# ARGV[3] is 1 for a stream, ARGV[4] the seconds of its lease; then for each gate the limits of requests, tokens and
# streams, and the tokens to reserve. The answer: taken (1 or 0), then for each gate left, reset and wait of requests,
# left, reset and wait of tokens, left and wait of streams.
TAKE = (
    SHARED
    + """
local function reset(zset)
  local oldest = redis.call('ZRANGE', zset, 0, 0, 'WITHSCORES')
  if #oldest == 0 then return 60 end
  return oldest[2] + 60 - now
end

local function requests_wait(zset, limit)
  local over = redis.call('ZCARD', zset) - limit
  if over < 0 then return 0 end
  return math.max(redis.call('ZRANGE', zset, over, over, 'WITHSCORES')[2] + 60 - now, 0.001)
end

local function tokens_wait(tokens, amounts, free, amount)
  if free >= amount then return 0 end
  local entries = redis.call('ZRANGE', tokens, 0, -1, 'WITHSCORES')
  for at = 1, #entries, 2 do
    free = free + (tonumber(redis.call('HGET', amounts, entries[at])) or 0)
    if free >= amount then return math.max(entries[at + 1] + 60 - now, 0.001) end
  end
  return 60
end

local stream, lease, fits, answer = ARGV[3] == '1', tonumber(ARGV[4]), true, {1}
for gate = 0, #KEYS / 4 - 1 do
  local requests, tokens = KEYS[gate * 4 + 1], KEYS[gate * 4 + 2]
  local amounts, streams = KEYS[gate * 4 + 3], KEYS[gate * 4 + 4]
  local first = gate * 4 + 5
  local most, ceiling, width, amount = tonumber(ARGV[first]), tonumber(ARGV[first + 1]),
    tonumber(ARGV[first + 2]), tonumber(ARGV[first + 3])
  redis.call('ZREMRANGEBYSCORE', requests, '-inf', text(now - 60))
  redis.call('ZREMRANGEBYSCORE', streams, '-inf', text(now))
  forget(tokens, amounts)
  local free = ceiling - (tonumber(redis.call('HGET', amounts, 'used')) or 0)
  local open = width - redis.call('ZCARD', streams)
  local waits = {requests_wait(requests, most), tokens_wait(tokens, amounts, free, amount), 0}
  if stream and open <= 0 then waits[3] = 1 end
  for _, wait in ipairs(waits) do
    if wait > 0 then fits = false end
  end
  local found = {most - redis.call('ZCARD', requests), reset(requests), waits[1], free, reset(tokens), waits[2], open,
    waits[3]}
  for _, number in ipairs(found) do table.insert(answer, text(number)) end
end
if not fits then
  answer[1] = 0
  return answer
end
for gate = 0, #KEYS / 4 - 1 do
  local requests, streams = KEYS[gate * 4 + 1], KEYS[gate * 4 + 4]
  redis.call('ZADD', requests, text(now), id)
  redis.call('PEXPIRE', requests, 120000)
  add(KEYS[gate * 4 + 2], KEYS[gate * 4 + 3], id, ARGV[gate * 4 + 8])
  if stream then
    redis.call('ZADD', streams, text(now + lease), id)
    redis.call('PEXPIRE', streams, lease * 2000)
  end
end
return answer
"""
)

# ARGV[3] is the tokens used, or empty where the estimate stands; then for each gate what was reserved there.
GIVE_BACK = (
    SHARED
    + """
local used = tonumber(ARGV[3])
for gate = 0, #KEYS / 4 - 1 do
  local tokens, amounts = KEYS[gate * 4 + 2], KEYS[gate * 4 + 3]
  redis.call('ZREM', KEYS[gate * 4 + 4], id)
  if used ~= nil then
    forget(tokens, amounts)
    local reserved = tonumber(ARGV[gate + 4])
    local held = tonumber(redis.call('HGET', amounts, id) or nil)
    if held then
      redis.call('HSET', amounts, id, used)
      redis.call('HINCRBY', amounts, 'used', used - held)
    elseif used > reserved then
      add(tokens, amounts, id .. '+', used - reserved)
    end
  end
end
return 1
"""
)

# The call is refused after all: it never asked.
UNDO = (
    SHARED
    + """
for gate = 0, #KEYS / 4 - 1 do
  local tokens, amounts = KEYS[gate * 4 + 2], KEYS[gate * 4 + 3]
  redis.call('ZREM', KEYS[gate * 4 + 1], id)
  redis.call('ZREM', KEYS[gate * 4 + 4], id)
  forget(tokens, amounts)
  local held = tonumber(redis.call('HGET', amounts, id) or nil)
  if held then
    redis.call('HINCRBY', amounts, 'used', 0 - held)
    redis.call('HDEL', amounts, id)
    redis.call('ZREM', tokens, id)
  end
end
return 1
"""
)

# A stream goes on: its lease begins anew. ARGV[3] is the seconds; KEYS are the streams of its gates.
RENEW = """
local now = tonumber(ARGV[1])
if now == nil then
  local time = redis.call('TIME')
  now = time[1] + time[2] / 1000000
end
for _, streams in ipairs(KEYS) do
  redis.call('ZADD', streams, string.format('%.6f', now + ARGV[3]), ARGV[2])
  redis.call('PEXPIRE', streams, ARGV[3] * 2000)
end
return 1
"""
