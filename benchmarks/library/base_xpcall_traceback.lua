-- xpcall with debug.traceback
local N = tonumber((...)) or 210
local xpcall, error, traceback = xpcall, error, debug.traceback
local function f() error("x") end
local sum = 0
for _ = 1, N do
  for i = 1, 60 do local _, v = xpcall(f, traceback); sum = sum + #v end
end
print(sum)
