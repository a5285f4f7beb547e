-- getmetatable
local N = tonumber((...)) or 2500
local getmetatable = getmetatable
local t = setmetatable({}, { n = 1 })
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + getmetatable(t).n; if getmetatable("").__index == string then sum = sum + 1 end end
end
print(sum)
