-- Concatenation with the empty string gives the other one itself.
local s = ("x"):rep(100)
local e = ""
local n = 0
local function same(a, b) return string.format("%p", a) == string.format("%p", b) end
print(same(s, s .. ""), same(s, "" .. s), same(s, e .. s .. e), same(s, e .. e .. s), same(s, s .. e .. e), same(s, s .. "y"), same(s, s..e.."y"))
local mt = setmetatable({}, {__concat = function(a, b) return s end})
print(same(s, "" .. mt .. ""), same(s, mt .. ""), same(s, "" .. mt))
print(#(1 .. ""), "" .. 1.5, #("" .. ""))
