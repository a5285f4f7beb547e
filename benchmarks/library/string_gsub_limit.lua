-- string.gsub with a limit
local N = tonumber((...)) or 9100
local gsub = string.gsub
local text = ("the quick brown fox jumps over the lazy dog; "):rep(20) .. "needle 42 = value"
local sum = 0
for _ = 1, N do
  sum = sum + #gsub(text, "%a+", "<%0>", 5) + #gsub(text, "^%s*(.-)%s*$", "%1")
end
print(sum)
