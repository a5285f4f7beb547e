-- string.format quoted
local N = tonumber((...)) or 1600
local format = string.format
local words = { "plain text", "line\nbreak and \"quotes\"", "zero\0and \200" }
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + #format("%q", words[i % 3 + 1]) end
end
print(sum)
