-- string.gsub by a function
local N = tonumber((...)) or 8400
local text = ("the quick brown fox jumps over the lazy dog; "):rep(20) .. "needle 42 = value"
local sum = 0
for _ = 1, N do
  local s, n = text:gsub("%a+", function(w) if #w > 3 then return w:upper() end end)
  sum = sum + #s + n
end
print(sum)
