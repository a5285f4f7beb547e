-- utf8.codes and codepoint, lax
local N = tonumber((...)) or 160000
local codes, codepoint = utf8.codes, utf8.codepoint
local text = ("Größe, Ψάξε, 日本語 🙂; "):rep(2)
local sum = 0
for _ = 1, N do
  for p, c in codes(text, true) do sum = sum + c end
  sum = sum + codepoint(text, 1, 1, true) + select("#", codepoint(text, 1, -1))
end
print(sum)
