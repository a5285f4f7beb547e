-- os.time of tables
local N = tonumber((...)) or 2000
local time = os.time
local sum = 0
for _ = 1, N do
  for i = 1, 100 do sum = sum + time({ year = 2020, month = 1 + i % 12, day = i, hour = 12 }) % 1000 end
end
print(sum)
