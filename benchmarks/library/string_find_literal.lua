-- string.find of a pattern without special characters
local N = tonumber((...)) or 2700
local find = string.find
local text = ("the quick brown fox jumps over the lazy dog; "):rep(20) .. "needle 42 = value"
local sum = 0
for _ = 1, N do
  for i = 1, 300 do sum = sum + find(text, "needle") + find(text, "fox", i % 100 + 1) end
end
print(sum)
