-- frontiers
local N = tonumber((...)) or 10000
local gsub = string.gsub
local text = ("the quick brown fox jumps over the lazy dog; "):rep(20) .. "needle 42 = value"
local sum = 0
for _ = 1, N do
  local _, n = gsub(text, "%f[%w]%w+%f[%W]", "")
  sum = sum + n
end
print(sum)
