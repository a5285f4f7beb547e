-- back references
local N = tonumber((...)) or 3400
local match = string.match
local sum = 0
for _ = 1, N do
  for i = 1, 300 do sum = sum + #match([[x = "a string" .. y]], "([\"'])(.-)%1") end
end
print(sum)
