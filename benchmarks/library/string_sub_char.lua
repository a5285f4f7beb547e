-- string.sub of single characters
local N = tonumber((...)) or 6200
local sub = string.sub
local text = ("the quick brown fox jumps over the lazy dog; "):rep(20) .. "needle 42 = value"
local sum = 0
for _ = 1, N do
  for i = 1, 800 do if sub(text, i, i) == "o" then sum = sum + 1 end end
end
print(sum)
