-- reading single characters
local N = tonumber((...)) or 2900
local file = assert(io.tmpfile())
file:write(("some bytes"):rep(100))
local sum = 0
for _ = 1, N do
  file:seek("set")
  for c in file:lines(1) do sum = sum + #c end
end
print(sum)
