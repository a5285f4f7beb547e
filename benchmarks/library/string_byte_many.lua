-- string.byte of many characters at once
local N = tonumber((...)) or 2200
local byte = string.byte
local text = ("the quick brown fox jumps over the lazy dog; "):rep(20) .. "needle 42 = value"
local sum = 0
for _ = 1, N do
  for i = 1, 500 do local a, b, c, d = byte(text, i, i + 3); sum = sum + a + d + select("#", byte(text, 1, 50)) end
end
print(sum)
