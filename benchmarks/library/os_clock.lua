-- os.clock and os.time
local N = tonumber((...)) or 27000
local clock, time = os.clock, os.time
local sum = 0
for _ = 1, N do
  for i = 1, 100 do if clock() >= 0 and time() > 0 then sum = sum + 1 end end
end
print(sum)
