-- length of strings by # and string.len
local N = tonumber((...)) or 4100
local len = string.len
local text = ("the quick brown fox jumps over the lazy dog; "):rep(20) .. "needle 42 = value"
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + #text + len(text) + text:len() end
end
print(sum)
