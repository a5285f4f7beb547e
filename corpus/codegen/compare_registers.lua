-- EQ, LT, LE on registers, in both polarities, as jumps and as values.
local function values(a, b) return a == b, a ~= b, a < b, a <= b, a > b, a >= b end
local function jumps(a, b)
  local s = ""
  if a == b then s = s .. "==" end
  if a ~= b then s = s .. " ~=" end
  if a < b then s = s .. " <" end
  if a <= b then s = s .. " <=" end
  if a > b then s = s .. " >" end
  if a >= b then s = s .. " >=" end
  if not (a == b) then s = s .. " !==" end
  if not (a ~= b) then s = s .. " !~=" end
  if not (a < b) then s = s .. " !<" end
  if not (a <= b) then s = s .. " !<=" end
  return s
end
for _, p in ipairs {
  {1, 2}, {2, 1}, {2, 2}, {1, 1.0}, {1.5, 1}, {"a", "b"}, {"b", "a"}, {"a", "a"},
  {"", "a"}, {"a\0b", "a\0c"}, {"Z", "a"}, {"10", "9"}, {-1, 1}, {0.0, -0.0},
} do
  print(p[1], p[2], values(p[1], p[2]))
  print("", jumps(p[1], p[2]))
end

-- NaN: every comparison false, every negated one true.
local nan = 0/0
print(values(nan, nan))
print(jumps(nan, 1))

-- Equality never converts; identity for tables and functions.
local t, u = {}, {}
print(1 == "1", t == u, t == t, print == print, nil == false, "" == 0)

-- Order between different types is an error.
local function try(a, b)
  local ok, m = pcall(function() return a < b end)
  return (m:gsub("^[^:]*:%d+: ", ""))
end
print(try(1, "2"))
print(try({}, {}))
print(try({}, 1))
print(try(nil, nil))
print(try(true, false))
print(try(print, "x"))

-- Sorting network and loops use them in conditions.
local a, b, c = 3, 1, 2
if a > b then a, b = b, a end
if b > c then b, c = c, b end
if a > b then a, b = b, a end
print(a, b, c)
while a < c do a = a + 1 end
repeat c = c - 1 until c <= b - 4
print(a, b, c)
