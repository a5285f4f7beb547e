-- opening and closing files
local N = tonumber((...)) or 10000
local name = os.tmpname()
local open = io.open
local sum = 0
for _ = 1, N do
  local file = open(name, "w")
  file:write("text")
  file:close()
  file = open(name)
  sum = sum + #file:read("a")
  file:close()
  if not open("/no/such/file") then sum = sum + 1 end
end
os.remove(name)
print(sum)
