-- LOADTRUE, LOADFALSE and LFALSESKIP: booleans as plain values and as results of tests.
local yes, no = true, false
print(yes, no, not yes, not no)

local function values(a, b)
  local lt = a < b
  local le = a <= b
  local eq = a == b
  local ne = a ~= b
  return lt, le, eq, ne
end
print(values(1, 2))
print(values(2, 2))
print(values(3, 2))

local t = {flag = 1 < 2, [1 > 2] = "false key", [2 > 1] = "true key"}
print(t.flag, t[false], t[true])

local function negated(a) return not a, not not a, not not not a end
print(negated(nil))
print(negated(0))

-- Tests as arguments, in tables, in returns, in concatenations through tostring.
local function args(...) return select("#", ...), ... end
local n = 5
print(args(n == 5, n ~= 5, n < 5, n <= 5, n > 5, n >= 5))
print(tostring(n == 5) .. "/" .. tostring(n == 6))
local row = {n == 1, n == 5, not (n == 5)}
print(row[1], row[2], row[3])

local function both(a, b) return a < b and a ~= 0 end
local function either(a, b) return a < b or a == 0 end
print(both(1, 2), both(0, 2), both(3, 2))
print(either(1, 2), either(0, -1), either(3, 2))

-- Result kept in an existing local.
local keep = "old"
keep = n > 3
print(keep)
keep = not keep
print(keep)
keep = n > 3 and n < 4
print(keep)
