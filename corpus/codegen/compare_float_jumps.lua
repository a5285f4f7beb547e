-- Float immediates in jumps of both polarities.
local function marks(x)
  local s = {}
  if x < 2.0 then s[#s + 1] = "<" end
  if x <= 2.0 then s[#s + 1] = "<=" end
  if x > 2.0 then s[#s + 1] = ">" end
  if x >= 2.0 then s[#s + 1] = ">=" end
  if x == 2.0 then s[#s + 1] = "==" end
  if x ~= 2.0 then s[#s + 1] = "~=" end
  if not (x < 2.0) then s[#s + 1] = "!<" end
  if not (x <= 2.0) then s[#s + 1] = "!<=" end
  if not (x > 2.0) then s[#s + 1] = "!>" end
  if not (x >= 2.0) then s[#s + 1] = "!>=" end
  if 2.0 < x or x < -5.0 then s[#s + 1] = "or" end
  if 2.0 >= x and x >= -5.0 then s[#s + 1] = "and" end
  return table.concat(s, " ")
end
for _, v in ipairs {1, 2, 3, 1.5, 2.0, 2.5, -6, -5, 0/0, 1/0, -1/0} do
  print(v == v and v or "nan", marks(v))
end

-- Loops bounded by float immediates.
local x, n = 10.0, 0
while x > 1.0 do x = x / 2 n = n + 1 end
print(x, n)
repeat x = x * 3 until x >= 100.0
print(x)
for i = 1, 1000 do
  if i * i > 50.0 then print(i) break end
end
local function steps(y)
  local k = 0
  while not (y <= 0.0) and k < 20.0 do y = y - 0.75 k = k + 1 end
  return k, y
end
print(steps(3), steps(0/0))

-- A metamethod on each side sees the float and the order as written.
local seen = {}
local mt = {
  __lt = function(a, b) seen[#seen + 1] = (math.type(a) or "obj") .. "<" .. (math.type(b) or "obj") return false end,
  __le = function(a, b) seen[#seen + 1] = (math.type(a) or "obj") .. "<=" .. (math.type(b) or "obj") return false end,
}
local o = setmetatable({}, mt)
if o < 1.0 then print "lt" end
if o <= 1.0 then print "le" end
if o > 1.0 then print "gt" end
if o >= 1.0 then print "ge" end
if o < 1 then print "lt" end
if o >= 1 then print "ge" end
if not (1.0 < o) then seen[#seen + 1] = "not" end
print(table.concat(seen, " "))
