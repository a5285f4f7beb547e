-- string.match with captures
local N = tonumber((...)) or 400
local match = string.match
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do local k, v = match("  key_" .. i .. " = value ; comment", "^%s*([%w_]+)%s*=%s*(%w+)"); sum = sum + #k + #v end
end
print(sum)
