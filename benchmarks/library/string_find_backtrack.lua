-- patterns that go back
local N = tonumber((...)) or 730
local find = string.find
local text = ("a"):rep(60) .. "b"
local sum = 0
for _ = 1, N do
  sum = sum + find(text, "^a-b") + find(text, "^a*b") + (find(text, "a*a*c") or 0)
end
print(sum)
