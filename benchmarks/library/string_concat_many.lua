-- concatenation of many strings at once
local N = tonumber((...)) or 2100
local a, b = "alpha", "beta"
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + #(a .. "," .. b .. "," .. a .. ";" .. b .. "." .. a) end
end
print(sum)
