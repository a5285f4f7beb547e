-- concatenation of two strings
local N = tonumber((...)) or 5400
local a, words = "prefix-", { "x", "yy", "zzz" }
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + #(a .. words[i % 3 + 1]) end
end
print(sum)
