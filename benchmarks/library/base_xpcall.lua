-- xpcall with a handler
local N = tonumber((...)) or 3500
local xpcall, error = xpcall, error
local function f(x) if x % 2 == 0 then error("even") end return x end
local function handler(m) return #m end
local sum = 0
for _ = 1, N do
  for i = 1, 300 do local _, v = xpcall(f, handler, i); sum = sum + v end
end
print(sum)
