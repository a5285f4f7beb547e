-- pcall of error with a table
local N = tonumber((...)) or 6500
local pcall, error, object = pcall, error, { code = 1 }
local sum = 0
for _ = 1, N do
  for i = 1, 300 do local _, e = pcall(error, object); sum = sum + e.code end
end
print(sum)
