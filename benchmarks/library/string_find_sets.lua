-- sets, classes and their complements
local N = tonumber((...)) or 5400
local find = string.find
local text = ("the quick brown fox jumps over the lazy dog; "):rep(20) .. "needle 42 = value"
local sum = 0
for _ = 1, N do
  sum = sum + find(text, "[^%w%s;]") + find(text, "[0-9]+") + find(text, "%d%d%s")
end
print(sum)
