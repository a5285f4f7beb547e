-- string.format of strings
local N = tonumber((...)) or 520
local format = string.format
local words = { "one", "seventeen", "" }
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + #format("%s = %s; %-10s|%10.3s|", "key", words[i % 3 + 1], "left", "right") end
end
print(sum)
