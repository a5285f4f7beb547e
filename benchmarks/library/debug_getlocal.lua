-- debug.getlocal and getupvalue
local N = tonumber((...)) or 27000
local getlocal, getupvalue = debug.getlocal, debug.getupvalue
local function f() return getlocal end
local sum = 0
for _ = 1, N do
  for i = 1, 100 do local _, v = getlocal(1, 2); local name = getupvalue(f, 1); if name == "getlocal" then sum = sum + 1 end end
end
print(sum)
