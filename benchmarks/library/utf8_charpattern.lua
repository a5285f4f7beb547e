-- utf8.charpattern
local N = tonumber((...)) or 9100
local pattern = utf8.charpattern
local text = ("Größe, Ψάξε, 日本語 🙂; "):rep(20)
local sum = 0
for _ = 1, N do
  for c in text:gmatch(pattern) do sum = sum + #c end
end
print(sum)
