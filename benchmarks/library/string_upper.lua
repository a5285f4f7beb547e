-- string.upper and string.lower
local N = tonumber((...)) or 2100
local upper, lower = string.upper, string.lower
local words = { "one", "two words", "UPPER" }
local text = ("the quick brown fox jumps over the lazy dog; "):rep(20) .. "needle 42 = value"
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + #upper(words[i % 3 + 1]) + #lower("Mixed Case") end
  sum = sum + #upper(text) + #lower(text)
end
print(sum)
