-- print
local N = tonumber((...)) or 2900
io.stdout:setvbuf('full')
local sum = 0
for _ = 1, N do
  for i = 1, 100 do print("line", i, i / 4, nil, true) end
end
print(sum)
