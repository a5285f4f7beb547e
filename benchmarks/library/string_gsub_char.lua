-- string.gsub of every character
local N = tonumber((...)) or 6800
local text = ("the quick brown fox jumps over the lazy dog; "):rep(20) .. "needle 42 = value"
local map = { e = "E", [" "] = "_" }
local sum = 0
for _ = 1, N do
  local s, n = text:gsub(".", map)
  sum = sum + #s + n
end
print(sum)
