-- type
local N = tonumber((...)) or 7000
local type, values = type, { 1, "s", {}, print, 2.5 }
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do if type(values[i % 5 + 1]) == "number" then sum = sum + 1 end end
end
print(sum)
