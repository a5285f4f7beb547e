-- comparison of strings
local N = tonumber((...)) or 5800
local words = { "alpha", "alphabet", "beta", "" }
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do if words[i % 4 + 1] < words[i % 3 + 1] then sum = sum + 1 end if words[i % 4 + 1] == "beta" then sum = sum + 2 end end
end
print(sum)
