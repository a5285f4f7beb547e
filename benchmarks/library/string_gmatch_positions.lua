-- string.gmatch with position captures
local N = tonumber((...)) or 11000
local gmatch = string.gmatch
local text = ("the quick brown fox jumps over the lazy dog; "):rep(20) .. "needle 42 = value"
local sum = 0
for _ = 1, N do
  for p, w in gmatch(text, "()(%a+)") do sum = sum + p + #w end
end
print(sum)
