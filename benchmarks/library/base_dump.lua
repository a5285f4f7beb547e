-- string.dump, and load of the dump
local N = tonumber((...)) or 95000
local function f(n) local t = {} for i = 1, n do t[i] = function() return i + n end end return t[n]() end
local sum = 0
for _ = 1, N do
  local chunk = string.dump(f)
  sum = sum + #chunk + load(chunk, "f", "b")(5)
end
print(sum)
