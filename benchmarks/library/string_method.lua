-- methods of strings
local N = tonumber((...)) or 3000
local s = "a string"
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + s:len() + #s:sub(2, 3) end
end
print(sum)
