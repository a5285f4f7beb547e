-- setmetatable and getmetatable
local N = tonumber((...)) or 2200
local setmetatable, getmetatable, meta = setmetatable, getmetatable, {}
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do local t = setmetatable({}, meta); if getmetatable(t) == meta then sum = sum + 1 end end
end
print(sum)
