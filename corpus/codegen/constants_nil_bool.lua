-- nil, true and false as constants of stores and equality tests.
local t = {a = 1, b = 2, c = 3}
t.a = nil
t.b = true
t.c = false
print(t.a, t.b, t.c)

t[1] = nil
t[2] = true
t[3] = false
print(t[1], t[2], t[3])

local k = "key"
t[k] = true
print(t[k])
t[k] = nil
print(t[k])

g_flag = true
print(g_flag)
g_flag = false
print(g_flag)
g_flag = nil
print(g_flag)

local function is(v)
  if v == nil then return "nil" end
  if v == true then return "true" end
  if v == false then return "false" end
  if nil ~= v and false ~= v then return "other" end
end
print(is(nil), is(true), is(false), is(0))

-- nil on the left, on the right, and both.
local x
print(nil == x, x == nil, nil == nil, nil ~= nil, x ~= nil)
print(true == true, true ~= false, false == nil, not nil == true)

-- Mixed table of non-values.
local list = {nil, false, true, nil, 5}
print(select("#", table.unpack(list, 1, 5)), list[1], list[2], list[3], list[4], list[5])
local rec = {yes = true, no = false, none = nil}
print(rec.yes, rec.no, rec.none, next({none = nil}))
