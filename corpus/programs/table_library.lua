-- insert, remove, concat, unpack, pack, move: positions, holes, metamethods, errors.
local function show(t, n) local o = {} for i = 1, n or #t do o[i] = tostring(t[i]) end return "{" .. table.concat(o, ",") .. "}" end
local function try(f, ...) local ok, e = pcall(f, ...) print(ok, type(e) == "table" and show(e) or e) end

local t = {}
table.insert(t, "a") table.insert(t, "b") table.insert(t, 1, "c") table.insert(t, 3, "d") table.insert(t, #t + 1, "e")
print(show(t), table.remove(t), table.remove(t, 1), table.remove(t, 2), show(t))
print(table.remove({}), table.remove({}, 0), #t, table.remove(t, #t + 1), table.remove(t, 3), show(t))
print(select("#", table.remove({})), select("#", table.insert({}, 1)), table.remove({[0] = "zero"}, 0), table.remove({n = 1}))
try(table.insert, {1, 2, 3}, 5, "x")
try(table.insert, {1, 2, 3}, 0, "x")
try(table.insert, {1, 2, 3}, -1, "x")
try(table.insert, {}, 1, 2, 3)
try(table.insert, {})
try(table.insert, nil, 1)
try(table.insert, {}, "x", 1)
try(table.insert, {}, 1.5, 1)
try(table.remove, {1, 2, 3}, 5)
try(table.remove, {1, 2, 3}, -1)
try(table.remove, {}, 2)
try(table.remove, {1}, 2)

print(table.concat({}), table.concat({1, 2.5, "x"}), table.concat({1, 2, 3}, ", "), table.concat({1, 2, 3}, "-", 2), table.concat({1, 2, 3}, "-", 2, 2), table.concat({1, 2, 3}, "-", 3, 2) == "", table.concat({[5] = "five", [6] = "six"}, "+", 5, 6))
print(table.concat({"a", "b"}, 1), table.concat({1, 2}, "\0"):byte(2), #table.concat({("x"):rep(100), ("y"):rep(200)}, ("-"):rep(50)))
try(table.concat, {1, {}, 3})
try(table.concat, {1, nil, 3}, "", 1, 3)
try(table.concat, {true})
try(table.concat, {}, {}, 1)
try(table.concat, {1, 2}, "", 1, 3)
try(table.concat, 5)
try(table.concat, {}, "", math.maxinteger, math.maxinteger)

local p = table.pack(nil, 2, nil)
print(p.n, p[1], p[2], p[3], table.pack().n, table.unpack(p, 1, p.n))
print(table.unpack({1, 2, 3}), table.unpack({1, 2, 3}, 2), table.unpack({1, 2, 3}, 2, 3), (table.unpack({1, 2}, -1, 1)))
print(table.unpack({}, 1, 3), select("#", table.unpack({}, 5, 4)), table.unpack({1, 2}, 2, 2), table.unpack({[-1] = "m", [0] = "z"}, -1, 0))
print(table.unpack({1, 2}, math.maxinteger, math.maxinteger), select("#", table.unpack({}, math.maxinteger, math.mininteger)))
try(table.unpack, {}, 1, 1e7)
try(table.unpack, {}, math.mininteger, math.maxinteger)
try(table.unpack)
try(table.unpack, {}, "a")
print(table.unpack("abc", 1, 2), pcall(table.unpack, 5, 1, 1))

print(show(table.move({1, 2, 3}, 1, 3, 2)), show(table.move({1, 2, 3}, 2, 3, 1)), show(table.move({1, 2, 3}, 1, 3, 1, {})), show(table.move({1, 2, 3}, 1, 0, 5, {"kept"})), show(table.move({1, 2, 3, 4, 5}, 2, 4, 3)))
print(show(table.move({1, 2}, 1, 2, 3, {9, 9})), show(table.move({}, 1, 3, 1, {7, 7, 7}), 3), show(table.move({1, nil, 3}, 1, 3, 2), 4))
try(table.move, {}, 1, math.maxinteger, 2)
try(table.move, {}, -1, math.maxinteger, 2)
try(table.move, {}, 1, 2)
try(table.move, {}, 1, 2, 1, 5)
try(table.move, 5, 1, 2, 1)
print(table.move({"edge"}, 1, 1, math.maxinteger)[math.maxinteger], table.move({[math.mininteger] = "low"}, math.mininteger, math.mininteger, 1)[1])

-- All of them respect metamethods.
local function spy(name)
  local store, ops = {}, {}
  return setmetatable({}, {
    __index = function(_, k) ops[#ops + 1] = "r" .. tostring(k) return store[k] end,
    __newindex = function(_, k, v) ops[#ops + 1] = "w" .. tostring(k) store[k] = v end,
    __len = function() ops[#ops + 1] = "#" return #store end,
  }), function() local s = table.concat(ops, " ") ops = {} return name .. ": " .. s end
end
local a, ops = spy "a"
table.insert(a, "x") table.insert(a, "y") table.insert(a, 1, "z") print(ops())
print(table.remove(a, 1), table.concat(a, "/"), table.unpack(a)) print(ops())
table.sort(a, function(x, y) return x > y end) print(ops())
local b, bops = spy "b"
table.move(a, 1, 2, 2, b) print(ops(), bops())
print(table.remove(a), table.remove(a), table.remove(a)) print(ops())
local readonly = setmetatable({1, 2}, {__newindex = function() error("read only", 0) end})
try(table.insert, readonly, 3)
try(table.insert, readonly, 1, 0)
print(show(readonly))
try(table.insert, setmetatable({}, {__len = function() return "x" end}), 1)
try(table.insert, setmetatable({}, {__len = function() return 1.5 end}), 1)
try(table.insert, setmetatable({}, {__len = function() return 10 end}), 12, 1)
print(select(2, pcall(table.concat, setmetatable({}, {__index = function(_, k) return k * k end, __len = function() return 5 end}), ",")))

-- next, rawlen, rawget, rawset, rawequal, # with borders.
print(next({}), next({10}), rawlen({1, 2}), rawlen("abc"), rawget(setmetatable({}, {__index = {x = 1}}), "x"), rawset({}, 1, 2)[1], rawequal("a", "a"), rawequal({}, {}))
local q = {}
for i = 1, 100 do q[i] = i end
for i = 100, 51, -1 do q[i] = nil end
print(#q, #{1, 2, 3, nil}, #{n = 5}, #{[1] = 1, [2] = 2})
local keys = {}
for k in pairs({10, 20, 30, x = 1, y = 2}) do keys[#keys + 1] = tostring(k) end
table.sort(keys)
print(table.concat(keys, " "))
-- Growing and shrinking queues; array and hash parts trade places.
local queue, head, tail = {}, 1, 0
for i = 1, 1000 do
  tail = tail + 1
  queue[tail] = i
  if i % 3 ~= 0 then queue[head] = nil head = head + 1 end
end
local sum = 0
for i = head, tail do sum = sum + queue[i] end
print(head, tail, sum)
