-- utf8.codepoint
local N = tonumber((...)) or 5100
local codepoint = utf8.codepoint
local text = ("Größe, Ψάξε, 日本語 🙂; "):rep(20)
local sum = 0
for _ = 1, N do
  for i = 1, 300 do sum = sum + codepoint(text, 3) + select("#", codepoint(text, 1, 19)) end
end
print(sum)
