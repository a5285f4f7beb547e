-- not in front of everything: folded, inverted in jumps, or computed.
local x, y, s, t = 1, nil, "s", {}
print(not x, not y, not s, not t, not not x, not not y, not not not y)
print(not nil, not true, not false, not 0, not 0.5, not "k", not {}, not print)

-- Inverts conditions without an instruction of its own.
if not x then print "no x" else print "x" end
if not y then print "no y" end
if not not y then print "y" else print "not y" end
while not y do y = "set" end
print(y)
y = nil

-- Over comparisons.
print(not (x == 1), not (x ~= 1), not (x < 1), not (x <= 1), not (x > 1), not (x >= 1))
if not (x == 2) and not (s == "t") then print "neither" end
if not (x < 1 or x > 1) then print "exactly one" end

-- Over and/or: values are useless when negated.
local function nand(a, b) return not (a and b) end
local function nor(a, b) return not (a or b) end
local function xor(a, b) return not a ~= not b end
local function implies(a, b) return not a or b end
for _, p in ipairs {{}, {1}, {nil, 1}, {1, 1}} do
  print(nand(p[1], p[2]), nor(p[1], p[2]), xor(p[1], p[2]), implies(p[1], p[2]))
end
print(not (x and y and s), not (x and s or y), not (not x and not y), not (not x or not s))

-- Mixed with values.
local v = not x and "a" or "b"
local w = not y and s
local u = not (x and y) and (s or t)
print(v, w, u, not x or not y, not x and not y)

-- De Morgan by exhaustive test.
local bad = 0
for i = 0, 7 do
  local a, b, c = i & 1 > 0, i & 2 > 0, i & 4 > 0
  if (not (a and b or c)) ~= ((not a or not b) and not c) then bad = bad + 1 end
  if (not ((a or b) and c)) ~= (not a and not b or not c) then bad = bad + 1 end
  local d = not (a and not (b or not c))
  if d ~= (not a or (b or not c)) then bad = bad + 1 end
end
print(bad)

-- not of calls, indices, varargs, arithmetic.
local function va(...) return not ..., not (...), not select("#", ...) end
print(va(nil, 1), va(1))
print(not t.missing, not t[1], not #t, not -x, not (x .. ""), not tostring(nil))
