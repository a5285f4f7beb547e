-- table.pack and { ... }
local N = tonumber((...)) or 950
local pack = table.pack
local function collect(...) return { ... } end
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + pack(i, 2, 3).n + #collect(1, 2, i, 4) end
end
print(sum)
