-- string.match that trims lazily
local N = tonumber((...)) or 950
local match = string.match
local lines = { "   some text in the middle   ", "none", "\t\ttabs and a long line of words without an end in sight  " }
local sum = 0
for _ = 1, N do
  for i = 1, 300 do sum = sum + #match(lines[i % 3 + 1], "^%s*(.-)%s*$") end
end
print(sum)
