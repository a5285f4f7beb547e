-- equality of long strings
local N = tonumber((...)) or 26000
local a = ("long text "):rep(100) .. "!"
local b, c = ("long text "):rep(100) .. "!", ("long text "):rep(100) .. "?"
local sum = 0
for _ = 1, N do
  for i = 1, 200 do if a == b then sum = sum + 1 end if a <= c then sum = sum + 2 end end
end
print(sum)
