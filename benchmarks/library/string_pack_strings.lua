-- string.pack and unpack of strings
local N = tonumber((...)) or 1200
local pack, unpack = string.pack, string.unpack
local sum = 0
for _ = 1, N do
  for i = 1, 500 do local p = pack("z s1 s4", "name", "value", "a longer value " .. i % 10); local a, c, d = unpack("z s1 s4", p); sum = sum + #p + #d end
end
print(sum)
