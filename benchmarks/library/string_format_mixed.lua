-- string.format of a line of a log
local N = tonumber((...)) or 350
local format = string.format
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + #format("[%s] %-5s %s:%d: %s (%.1f%%)", "12:30", "INFO", "file.lua", i, "a message", i / 10) end
end
print(sum)
