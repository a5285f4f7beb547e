-- string.find of an anchored pattern at many places
local N = tonumber((...)) or 2200
local find = string.find
local text = ("the quick brown fox jumps over the lazy dog; "):rep(20) .. "needle 42 = value"
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do local _, e = find(text, "^%a+", i % 800 + 1); sum = sum + (e or 1) end
end
print(sum)
