-- string.gsub by a table
local N = tonumber((...)) or 12000
local text = ("the quick brown fox jumps over the lazy dog; "):rep(20) .. "needle 42 = value"
local map = { quick = "slow", fox = "hare", the = false }
local sum = 0
for _ = 1, N do
  local s, n = text:gsub("%a+", map)
  sum = sum + #s + n
end
print(sum)
