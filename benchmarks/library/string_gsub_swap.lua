-- string.gsub by a string with captures
local N = tonumber((...)) or 12000
local text = ("the quick brown fox jumps over the lazy dog; "):rep(20) .. "needle 42 = value"
local sum = 0
for _ = 1, N do
  local s, n = text:gsub("(%a+) (%a+)", "%2 %1")
  sum = sum + #s + n
end
print(sum)
