-- os.date of local times
local N = tonumber((...)) or 1800
local date = os.date
local sum = 0
for _ = 1, N do
  for i = 1, 100 do sum = sum + #date("%c", i * 86400) + #date("%x %X %p %A %B %j", i * 3600) end
end
print(sum)
