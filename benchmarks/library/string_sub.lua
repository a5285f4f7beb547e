-- string.sub of a few characters
local N = tonumber((...)) or 2200
local sub = string.sub
local text = ("the quick brown fox jumps over the lazy dog; "):rep(20) .. "needle 42 = value"
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + #sub(text, i % 700, i % 700 + 5) + #text:sub(-3) end
end
print(sum)
