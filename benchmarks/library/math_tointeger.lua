-- math.tointeger, math.type, math.ult
local N = tonumber((...)) or 2800
local tointeger, mtype, ult = math.tointeger, math.type, math.ult
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + (tointeger(i + 0.0) or 0); if mtype(i) == "integer" and ult(i, -1) then sum = sum + 1 end end
end
print(sum)
