-- string.gsub that finds nothing
local N = tonumber((...)) or 18000
local text = ("the quick brown fox jumps over the lazy dog; "):rep(20) .. "needle 42 = value"
local sum = 0
for _ = 1, N do
  local s, n = text:gsub("%d%d%d", "")
  sum = sum + #s + n
end
print(sum)
