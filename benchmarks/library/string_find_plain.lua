-- string.find of plain text
local N = tonumber((...)) or 3200
local find = string.find
local text = ("the quick brown fox jumps over the lazy dog; "):rep(20) .. "needle 42 = value"
local sum = 0
for _ = 1, N do
  for i = 1, 300 do sum = sum + find(text, "needle", 1, true) + find(text, "lazy dog", i % 100 + 1, true) end
end
print(sum)
