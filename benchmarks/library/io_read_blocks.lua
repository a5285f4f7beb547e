-- reading blocks and whole files
local N = tonumber((...)) or 16000
local file = assert(io.tmpfile())
file:write(("some bytes"):rep(2000))
local sum = 0
for _ = 1, N do
  file:seek("set")
  while true do local block = file:read(1000); if not block then break end sum = sum + #block end
  file:seek("set")
  sum = sum + #file:read("a")
end
print(sum)
