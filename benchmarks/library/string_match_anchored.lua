-- string.match of short strings
local N = tonumber((...)) or 1400
local match = string.match
local sum = 0
for _ = 1, N do
  for i = 1, 300 do sum = sum + #match("key = value", "^%s*(%w+)%s*=") + #match("file.name.lua", "%.(%w+)$") end
end
print(sum)
