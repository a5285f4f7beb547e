-- string.find with captures and init
local N = tonumber((...)) or 1200
local find = string.find
local text = ("the quick brown fox jumps over the lazy dog; "):rep(20) .. "needle 42 = value"
local sum = 0
for _ = 1, N do
  for i = 1, 100 do local s, e, a, b = find(text, "(%w+) = (%w+)", 880); sum = sum + s + #a + #b end
end
print(sum)
