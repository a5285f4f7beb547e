-- utf8.offset
local N = tonumber((...)) or 12000
local offset = utf8.offset
local text = ("Größe, Ψάξε, 日本語 🙂; "):rep(20)
local sum = 0
for _ = 1, N do
  for i = 1, 100 do sum = sum + offset(text, i) + offset(text, -i) end
end
print(sum)
