-- debug.getinfo
local N = tonumber((...)) or 1100
local getinfo = debug.getinfo
local sum = 0
for _ = 1, N do
  for i = 1, 100 do sum = sum + getinfo(1, "l").currentline + #getinfo(1, "S").short_src + getinfo(print).nparams end
end
print(sum)
