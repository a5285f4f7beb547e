-- "function a.b.c:d()" in all its forms.
local a = {b = {c = {}}}
function a.f() return "a.f" end
function a.b.f(x) return "a.b.f" .. x end
function a.b.c.f(...) return select("#", ...) end
function a:m() return self == a end
function a.b:m(x) return self == a.b, x end
function a.b.c:m(...) return self == a.b.c, ... end
print(a.f(), a.b.f(1), a.b.c.f(1, 2))
print(a:m(), a.b:m("x"), a.b.c:m(1, 2))
print(a.m(nil), a.b.m(a.b), a.b.c.m())

-- On globals, upvalues and locals.
G = {}
function G.static() return "static" end
function G:method() return self.name end
G.name = "global"
local up = {n = 0}
local function define()
  function up.inc() up.n = up.n + 1 return up.n end
  function up:get() return self.n end
  function G.late() return "late" end
  function newglobal() return "newglobal" end
end
define()
print(G.static(), G:method(), up.inc(), up.inc(), up:get(), G.late(), newglobal())

-- Redefinition, and storing through __newindex.
function a.f() return "again" end
local stored = {}
local proxy = setmetatable({}, {__newindex = function(_, k, v) stored[k] = v end})
function proxy.fn() return "proxied" end
function proxy:meth() return self end
print(a.f(), rawget(proxy, "fn"), stored.fn(), stored.meth(5))

-- self is an ordinary name.
function a:rebind(self) return self end
print(a:rebind("param"))
function a:assign() self = "changed" return self end
print(a:assign())
function a.explicit(self, k) return self.b and k end
print(a:explicit("k"))

-- Local functions, assignment of functions to list of targets.
local function loc() return "loc" end
local f1, f2 = function() return 1 end, function() return 2 end
a.x, a.y, gf = f1, f2, loc
print(a.x(), a.y(), gf())

-- A method using upvalues of the enclosing scope as private state.
local Stack = {}
Stack.__index = Stack
local created = 0
function Stack.new() created = created + 1 return setmetatable({top = 0}, Stack) end
function Stack:push(...) for _, v in ipairs {...} do self.top = self.top + 1 self[self.top] = v end return self end
function Stack:pop(n)
  if (n or 1) == 0 then return end
  local v = self[self.top]
  self[self.top] = nil
  self.top = self.top - 1
  return v, self:pop((n or 1) - 1)
end
local s = Stack.new():push(1, 2, 3):push("four")
print(s:pop(), s:pop(2), s.top, created)
local ok, m = pcall(function() function a.nope.f() end end)
print(ok, (m:gsub("^[^:]*:%d+: ", "")))
