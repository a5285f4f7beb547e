-- string.reverse
local N = tonumber((...)) or 1900
local reverse = string.reverse
local text = ("the quick brown fox jumps over the lazy dog; "):rep(20) .. "needle 42 = value"
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + #reverse("short" .. i % 10) end
  sum = sum + #reverse(text)
end
print(sum)
