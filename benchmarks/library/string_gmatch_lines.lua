-- string.gmatch of lines
local N = tonumber((...)) or 22000
local text = ("a line of ordinary length, with words\n\n"):rep(40)
local sum = 0
for _ = 1, N do
  for line in text:gmatch("([^\n]*)\n") do sum = sum + #line end
end
print(sum)
