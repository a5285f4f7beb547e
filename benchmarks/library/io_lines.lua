-- io.lines
local N = tonumber((...)) or 1400
local name = os.tmpname()
local file = assert(io.open(name, "w"))
for i = 1, 1000 do file:write("line ", i, " of the file\n") end
file:close()
local sum = 0
for _ = 1, N do
  for line in io.lines(name) do sum = sum + #line end
end
os.remove(name)
print(sum)
