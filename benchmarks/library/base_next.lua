-- next
local N = tonumber((...)) or 11000
local next, t = next, {}
for i = 1, 500 do t["k" .. i] = i end
local sum = 0
for _ = 1, N do
  local k, v = next(t)
  while k do
    sum = sum + v
    k, v = next(t, k)
  end
end
print(sum)
