-- Yields across pcall, xpcall, metamethods, iterators, finalizing blocks and tail calls.
local function drive(f, ...)
  local co = coroutine.create(f)
  local out = {}
  local args = table.pack(...)
  while true do
    local r = table.pack(coroutine.resume(co, table.unpack(args, 1, args.n)))
    local parts = {}
    for i = 2, r.n do parts[#parts + 1] = tostring(r[i]) end
    out[#out + 1] = (r[1] and "" or "!") .. table.concat(parts, ",")
    if coroutine.status(co) == "dead" then break end
    args = table.pack(#out * 10)
  end
  print(table.concat(out, " ; "))
end
local yield = coroutine.yield

drive(function() return pcall(function() return yield("in pcall") + 1 end) end)
drive(function() return pcall(function() yield("then error") error("caught", 0) end) end)
drive(function() return pcall(pcall, pcall, yield, "deep") end)
drive(function()
  return xpcall(function(x) local y = yield("arg " .. x) error("e" .. y, 0) end, function(m) return "handled " .. m end, 5)
end)
drive(function()
  local ok, e = pcall(function()
    local ok2, e2 = pcall(function() yield(1) error("inner", 0) end)
    yield(2, e2)
    error("outer after " .. e2, 0)
  end)
  yield(3)
  return e
end)

-- Each metamethod event yields.
local mt = {}
for _, ev in ipairs {"add", "sub", "mul", "div", "mod", "pow", "unm", "idiv", "band", "bor", "bxor", "shl", "shr", "bnot", "concat", "len", "eq", "lt", "le", "call", "index"} do
  mt["__" .. ev] = function(_, b) return yield(ev, type(b) == "table" and "obj" or b) end
end
mt.__newindex = function(_, k, v) yield("newindex", type(k) == "table" and "obj" or k, v) end
local function new() return setmetatable({}, mt) end
local a, b = new(), new()
drive(function() return a + 1, 1 + a, a + b, a - 2.5, 7 * a end)
drive(function() return a / 2, a % 3, a ^ 2, a // 4, -a end)
drive(function() return a & 1, 1 | a, a ~ b, a << 2, 2 >> a, ~a end)
drive(function() return a .. "x", "x" .. a, 1 .. a .. 2 end)
drive(function() return #a, a == b, a ~= b, a == a end)
drive(function() return a < b, a <= 1, 2 > a, a >= b, "s" < a end)
drive(function() return a.field, a[1], a[true], a("arg", 2), a:method() end)
drive(function() a.x = 1 a[2] = "two" a[a] = nil return "stored" end)
drive(function() if a < b then return "less" else return "not less" end end)
drive(function() while a == b do return "loop" end end)
drive(function() local t = {} t[a.k] = a.v return t[10], t[20] end)

-- Iterators and loops.
drive(function()
  local s = 0
  for i, v in function(_, i) if i < 3 then return i + 1, yield("iter", i) end end, nil, 0 do s = s + i * v end
  return s
end)
drive(function()
  local t = {}
  for k, v in pairs(setmetatable({}, {__pairs = function() yield "pairs" return next, {x = 1}, nil end})) do t[#t + 1] = k .. v end
  return table.concat(t)
end)
drive(function() for i = 1, 3 do if yield(i) == 20 then return "stopped at", i end end end)
drive(function() local n = 0 repeat n = n + 1 local go = yield(n) until go >= 30 return n end)

-- To-be-closed variables: yield within the block and within the closing itself.
drive(function()
  do
    local c <close> = setmetatable({}, {__close = function(_, e) yield("closing", e) end})
    yield "body"
  end
  yield "after"
  local d <close> = setmetatable({}, {__close = function() yield "closing on return" end})
  return "value", 2
end)
drive(function()
  return pcall(function()
    local c <close> = setmetatable({}, {__close = function(_, e) yield("close sees", e) end})
    error("E", 0)
  end)
end)
drive(function()
  for i in function(_, i) if i < 2 then return i + 1 end end, nil, 0, setmetatable({}, {__close = function() yield "loop closed" end}) do
    yield("pass", i)
    if i == 2 then break end
  end
  return "end"
end)

-- Tail calls, varargs, method calls, multiple returns.
drive(function(...) return yield(...) end, 1, nil, 3)
drive(function(...) local t = {yield(...), yield(), ...} return #t, t[1], t[2] end, "a")
drive(function() return select("#", yield(), yield()), (yield(1, 2)) end)
drive(function() return ("%s-%s"):format(yield "x", yield "y") end)
drive(function() return math.max(yield(), yield(), yield()) end)
drive(function() return table.unpack({yield(), yield()}) end)
drive(function() return next({[yield()] = yield()}) end)

-- From nested coroutines: each has its own consumer.
local inner = coroutine.wrap(function() for i = 1, 3 do yield("inner" .. i) end return "inner done" end)
drive(function() for _ = 1, 4 do yield(inner()) end end)
-- dofile-like: functions from load yield, too.
drive(assert(load "local a = coroutine.yield('from chunk', ...) return a, (coroutine.yield 'again')"), "arg")
-- A hook-free busy loop with many switches.
local co = coroutine.wrap(function() local s = 0 for i = 1, 5000 do s = s + yield(s) end return s, "total" end)
co()
local last, tag
for _ = 1, 5000 do last, tag = co(1) end
print(last, tag)
