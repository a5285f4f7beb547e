-- concatenation to a string that grows
local N = tonumber((...)) or 8100
local sum = 0
for _ = 1, N do
  local s = ""
  for i = 1, 400 do s = s .. "xyz" end
  sum = sum + #s
end
print(sum)
