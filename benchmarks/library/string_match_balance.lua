-- %b, %f and back references in patterns
local N = tonumber((...)) or 1300
local match = string.match
local code = "f(a, g(b, (c)), h()) + x[1] .. 'text with \" in it' .. y"
local sum = 0
for _ = 1, N do
  for i = 1, 200 do sum = sum + #match(code, "%b()") + #match(code, "%f[%a]%a+%f[%A]") + #match(code, "(['\"])(.-)%1") end
end
print(sum)
