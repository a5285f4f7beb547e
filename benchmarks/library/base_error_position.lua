-- error with a position in its message
local N = tonumber((...)) or 1700
local pcall, error = pcall, error
local function f(x) error("bad " .. x % 10) end
local sum = 0
for _ = 1, N do
  for i = 1, 300 do local _, e = pcall(f, i); sum = sum + #e end
end
print(sum)
