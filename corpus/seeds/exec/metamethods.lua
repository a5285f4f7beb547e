-- Every metamethod from bytecode, one of them yielding.
local mt = {}
local v = setmetatable({}, mt)
for _, e in ipairs { "add", "sub", "mul", "div", "mod", "pow", "unm", "idiv", "band", "bor", "bxor",
                     "shl", "shr", "bnot", "concat", "len", "eq", "lt", "le", "call", "index" } do
  mt["__" .. e] = function(a, b) return e == "len" and 3 or a end
end
mt.__newindex = function(t, k, x) rawset(t, k, x) end
mt.__lt = function() return coroutine.isyieldable() and coroutine.yield(1) end
local co = coroutine.wrap(function()
  local r = v + 1, 2 - v, v & 3, v .. "x" .. v, #v, -v, ~v, v(1, 2), v.x, v[1]
  v.y, v[2] = r, r
  if v < 1 or 1 < v then r = v <= v end
  for i = 1, #v do r = v << i end
  return v == setmetatable({}, mt), table.unpack({ v, r, v }, 1, 3)
end)
co() co() co()
return select("#", co)
