-- io.type and methods of files
local N = tonumber((...)) or 3400
local file = io.stdout
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do if io.type(file) == "file" then sum = sum + 1 end end
end
print(sum)
