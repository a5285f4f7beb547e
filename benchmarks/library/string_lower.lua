-- string.lower
local N = tonumber((...)) or 260000
local lower = string.lower
local text = ("the quick brown fox jumps over the lazy dog; "):rep(20) .. "needle 42 = value"
local sum = 0
for _ = 1, N do
  sum = sum + #lower(text) + #lower("Short")
end
print(sum)
