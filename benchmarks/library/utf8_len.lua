-- utf8.len
local N = tonumber((...)) or 140000
local len = utf8.len
local text = ("Größe, Ψάξε, 日本語 🙂; "):rep(20)
local sum = 0
for _ = 1, N do
  sum = sum + len(text) + len(text, 10, 400)
end
print(sum)
