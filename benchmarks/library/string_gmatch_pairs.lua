-- string.gmatch of pairs with captures
local N = tonumber((...)) or 11000
local text = ("alpha=1, beta=two; gamma=3 "):rep(40)
local sum = 0
for _ = 1, N do
  for key, value in text:gmatch("(%w+)=(%w+)") do sum = sum + #key + #value end
end
print(sum)
