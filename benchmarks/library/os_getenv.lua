-- os.getenv
local N = tonumber((...)) or 2200
local getenv = os.getenv
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do if getenv("PATH") then sum = sum + 1 end if not getenv("NO_SUCH_VARIABLE") then sum = sum + 1 end end
end
print(sum)
