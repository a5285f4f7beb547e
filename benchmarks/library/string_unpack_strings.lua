-- string.unpack of strings
local N = tonumber((...)) or 5100
local unpack = string.unpack
local data = string.pack("<s1s2zi4", "first", "second one", "third", 7)
local sum = 0
for _ = 1, N do
  for i = 1, 300 do local a, b, c, d = unpack("<s1s2zi4", data); sum = sum + #a + #b + #c + d end
end
print(sum)
