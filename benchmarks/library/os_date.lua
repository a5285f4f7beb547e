-- os.date and os.time of tables
local N = tonumber((...)) or 2300
local date = os.date
local sum = 0
for _ = 1, N do
  for i = 1, 100 do sum = sum + #date("!%Y-%m-%d %H:%M:%S", i * 86400) + date("!*t", i * 3600).hour end
end
print(sum)
