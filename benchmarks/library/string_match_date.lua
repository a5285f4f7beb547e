-- string.match of figures
local N = tonumber((...)) or 1100
local match = string.match
local dates = { "2024-02-29", "1999-12-31", "not a date" }
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do local y, m, d = match(dates[i % 3 + 1], "^(%d%d%d%d)-(%d%d)-(%d%d)$"); sum = sum + (y and y + m + d or 0) end
end
print(sum)
