-- escaping
local N = tonumber((...)) or 40000
local gsub = string.gsub
local text = ("<a href=\"x\">text & more</a> "):rep(10)
local map = { ["<"] = "&lt;", [">"] = "&gt;", ["&"] = "&amp;", ['"'] = "&quot;" }
local sum = 0
for _ = 1, N do
  sum = sum + #gsub(text, "[<>&\"]", map)
end
print(sum)
