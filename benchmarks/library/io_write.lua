-- io.write to a file of what is then read
local N = tonumber((...)) or 1800
local sum = 0
for _ = 1, N do
  local file = assert(io.tmpfile())
  for i = 1, 300 do file:write("line ", i, " ", i / 2, "\n") end
  file:seek("set")
  for line in file:lines() do sum = sum + #line end
  file:seek("set")
  local line, rest = file:read("l", "a")
  sum = sum + #line + #rest
  file:close()
end
print(sum)
