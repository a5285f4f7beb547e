-- string.byte of one character
local N = tonumber((...)) or 1900
local byte = string.byte
local text = ("the quick brown fox jumps over the lazy dog; "):rep(20) .. "needle 42 = value"
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + byte(text, i % 800 + 1) + text:byte(-1) + text:byte() end
end
print(sum)
