-- comparisons of short strings
local N = tonumber((...)) or 8100
local words = { "apple", "pear", "fig", "apricot", "plum" }
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do if words[i % 5 + 1] < words[(i + 1) % 5 + 1] then sum = sum + 1 end end
end
print(sum)
