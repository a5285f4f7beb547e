-- a hook on lines
local N = tonumber((...)) or 11000
local sethook = debug.sethook
local n = 0
local function hook() n = n + 1 end
local sum = 0
for _ = 1, N do
  sethook(hook, "l")
  for i = 1, 100 do
    sum = sum + 1
  end
  sethook()
end
print(sum)
