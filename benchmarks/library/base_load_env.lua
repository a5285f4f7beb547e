-- load with an environment
local N = tonumber((...)) or 13000
local load = load
local env = { n = 2 }
local sum = 0
for _ = 1, N do
  for i = 1, 10 do sum = sum + load("n = n + 1; return n % 3", "=chunk", "t", env)() end
end
print(sum)
