-- string.format with %c, %i, %u, %o, %%
local N = tonumber((...)) or 1700
local format = string.format
local sum = 0
for _ = 1, N do
  for i = 1, 300 do sum = sum + #format("%c%c %i %o %X %%", 65, 66, i, i, i) end
end
print(sum)
