-- utf8.codes
local N = tonumber((...)) or 19000
local text = ("Größe, Ψάξε, 日本語 🙂; "):rep(20)
local sum = 0
for _ = 1, N do
  for p, c in utf8.codes(text) do sum = sum + p + c end
end
print(sum)
