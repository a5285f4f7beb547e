-- string.sub of long parts
local N = tonumber((...)) or 4400
local sub = string.sub
local text = ("the quick brown fox jumps over the lazy dog; "):rep(20) .. "needle 42 = value"
local sum = 0
for _ = 1, N do
  for i = 1, 500 do sum = sum + #sub(text, i % 100, -i % 100 - 101) end
end
print(sum)
