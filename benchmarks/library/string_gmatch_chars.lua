-- string.gmatch of characters
local N = tonumber((...)) or 6800
local gmatch = string.gmatch
local text = ("the quick brown fox jumps over the lazy dog; "):rep(20) .. "needle 42 = value"
local sum = 0
for _ = 1, N do
  for c in gmatch(text, ".") do sum = sum + 1 end
end
print(sum)
