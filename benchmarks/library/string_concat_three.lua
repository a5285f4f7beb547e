-- concatenation of three strings
local N = tonumber((...)) or 4000
local a, words = "prefix-", { "x", "yy", "zzz" }
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + #(a .. words[i % 3 + 1] .. "-suffix") end
end
print(sum)
