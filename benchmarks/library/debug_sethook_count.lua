-- a hook on counts and calls
local N = tonumber((...)) or 11000
local sethook = debug.sethook
local n = 0
local function hook() n = n + 1 end
local function f() return 1 end
local sum = 0
for _ = 1, N do
  sethook(hook, "cr", 100)
  for i = 1, 100 do
    sum = sum + f()
  end
  sethook()
end
print(sum)
