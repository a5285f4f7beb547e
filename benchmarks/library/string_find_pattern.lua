-- string.find of classes, sets and repetitions
local N = tonumber((...)) or 250
local find = string.find
local text = ("the quick brown fox jumps over the lazy dog; "):rep(20) .. "needle 42 = value"
local sum = 0
for _ = 1, N do
  for i = 1, 60 do sum = sum + find(text, "%d+ = %a+") + find(text, "[xyz]%s+%w-s", i % 100 + 1) end
end
print(sum)
