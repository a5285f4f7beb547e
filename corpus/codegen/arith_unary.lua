-- UNM, BNOT, NOT and LEN on registers, with metamethods and errors.
local i, f, s = 5, 2.5, "7"
print(-i, -f, -s, - -i, -(-f), -"0x10", -"  3.0 ")
print(~i, ~~i, ~0, ~-1, ~2.0, ~math.mininteger == math.maxinteger)
print(not i, not nil, not not f, not 0, not "")
print(#"abc", #s, #{1, 2, 3}, #"", #"\0\0")

-- Precedence against power and other operators.
print(-2 ^ 2, (-2) ^ 2, 2 ^ -1, -i ^ 2, not i == 5, not (i == 5), #s .. #s, -#s)
print(- - -i, not - i, ~ - i, - ~ i, #"ab" + -#"abc")

-- Minus zero and the smallest integer.
local z, zf, min = 0, 0.0, math.mininteger
print(-z, 1 / -zf, 1 / -z, -min == min)

-- Metamethods get the operand twice.
local calls = {}
local mt = {
  __unm = function(a, b) calls[#calls + 1] = "unm" .. tostring(rawequal(a, b)) return "neg" end,
  __bnot = function(a, b) calls[#calls + 1] = "bnot" .. tostring(rawequal(a, b)) return "inv" end,
  __len = function(a) calls[#calls + 1] = "len" return "length", 2 end,
}
local o = setmetatable({}, mt)
print(-o, ~o, #o, not o, #o .. "!")
print(table.concat(calls, " "))

-- rawlen ignores them.
print(rawlen(o), rawlen("four"))

-- Errors tell the operand.
local function try(fn) local ok, m = pcall(fn) return (m:gsub("^[^:]*:%d+: ", "")) end
local t, b, n = {}, true, nil
print(try(function() return -t end))
print(try(function() return ~b end))
print(try(function() return #n end))
print(try(function() return #5 end))
print(try(function() return ~1.5 end))
print(try(function() return ~"7" end))
print(try(function() return -"x" end))
print(try(function() return ~t.field end))
print(try(function() return #i end))

-- In place and in conditions.
i = -i
f = -f
if not (i > 0) then print(i, f) end
local len = #s
while len > 0 do len = len - #s end
print(len)
