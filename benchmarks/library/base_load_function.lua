-- load of pieces from a function
local N = tonumber((...)) or 59000
local load = load
local pieces = { "local a, b = 1, 2; ", "local function f(x) return x + a end; ", "return f(b) + ", "3" }
local sum = 0
for _ = 1, N do
  local i = 0
  sum = sum + load(function() i = i + 1; return pieces[i] end)()
end
print(sum)
