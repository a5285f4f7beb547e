-- next as a test of emptiness
local N = tonumber((...)) or 3900
local next, t, u = next, {}, { x = 1 }
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do if next(t) == nil then sum = sum + 1 end if next(u) then sum = sum + 2 end end
end
print(sum)
