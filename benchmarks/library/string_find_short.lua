-- string.find of short subjects
local N = tonumber((...)) or 1300
local find = string.find
local words = { "main.lua", "key=value", "README", "a.b.c" }
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + (find(words[i % 4 + 1], "%.lua$") or 0) + (find(words[i % 4 + 1], "=", 1, true) or 0) end
end
print(sum)
