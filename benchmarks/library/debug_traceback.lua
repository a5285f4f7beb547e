-- debug.traceback
local N = tonumber((...)) or 390
local traceback = debug.traceback
local function f(n) if n == 0 then return #traceback("message") end local r = f(n - 1) return r end
local sum = 0
for _ = 1, N do
  for i = 1, 10 do if f(10) > 100 then sum = sum + 1 end end
end
print(sum)
