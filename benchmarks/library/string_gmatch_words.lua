-- string.gmatch of words
local N = tonumber((...)) or 14000
local text = ("the quick brown fox jumps over the lazy dog; "):rep(20) .. "needle 42 = value"
local sum = 0
for _ = 1, N do
  for word in text:gmatch("%a+") do sum = sum + #word end
end
print(sum)
