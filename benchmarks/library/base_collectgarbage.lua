-- collectgarbage("count") and full collections of a small heap
local N = tonumber((...)) or 52000
local sum = 0
for _ = 1, N do
  for i = 1, 50 do if collectgarbage("count") > 0 then sum = sum + 1 end end
  collectgarbage()
end
print(sum)
