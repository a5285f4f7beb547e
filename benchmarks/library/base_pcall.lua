-- pcall that succeeds
local N = tonumber((...)) or 4700
local pcall = pcall
local function f(x) return x end
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do local _, v = pcall(f, i); sum = sum + v end
end
print(sum)
