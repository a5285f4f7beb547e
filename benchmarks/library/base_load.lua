-- load of short sources
local N = tonumber((...)) or 1500
local sum = 0
for _ = 1, N do
  for i = 1, 100 do sum = sum + load("local x = ...; return x + " .. i)(1) end
end
print(sum)
