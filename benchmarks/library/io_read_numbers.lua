-- reading numbers
local N = tonumber((...)) or 3400
local file = assert(io.tmpfile())
for i = 1, 300 do file:write(i, " ", i / 4, "\n") end
local sum = 0
for _ = 1, N do
  file:seek("set")
  for i = 1, 300 do local a, b = file:read("n", "n"); sum = sum + a + b end
end
print(sum)
