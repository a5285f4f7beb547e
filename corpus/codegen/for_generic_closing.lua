-- The fourth value of a generic for is to-be-closed, however the loop is left.
local log = {}
local function flush() print(table.concat(log, " ")) log = {} end
local function closer(name)
  return setmetatable({}, {__close = function(_, err)
    log[#log + 1] = name .. "(" .. tostring(err) .. ")"
  end})
end
local function iter(name, n)
  local i = 0
  return function()
    i = i + 1
    if i <= n then log[#log + 1] = tostring(i) return i end
  end, nil, nil, closer(name)
end

for _ in iter("end", 2) do end
flush()
for i in iter("break", 9) do if i == 2 then break end end
flush()
local function ret() for i in iter("return", 9) do if i == 3 then return i, "kept" end end end
print(ret())
flush()
for i in iter("goto", 9) do if i == 1 then goto out end end
::out::
flush()
print(pcall(function() for i in iter("error", 9) do if i == 2 then error("boom", 0) end end end))
flush()

-- nil and false need no closing; others without __close are an error.
for _ in next, {}, nil, nil do end
for _ in next, {}, nil, false do end
print(pcall(function() for _ in next, {}, nil, 42 do end end))
print(pcall(function() for _ in next, {}, nil, {} do end end))

-- Nested loops close inside out.
for i in iter("outer", 2) do
  for j in iter("inner" .. i, 5) do if j == 2 then break end end
end
flush()

-- Closed before values of the surrounding return are delivered, after they are computed.
local state = "open"
local function ordered()
  local c = setmetatable({}, {__close = function() state = "closed" end})
  for _ in next, {1}, nil, c do return state end
end
print(ordered(), state)

-- A call in the loop body is no tail call.
local function deep(n)
  for _ in next, {1}, nil, closer("d" .. n) do
    if n > 0 then return deep(n - 1) end
    return "bottom"
  end
end
print(deep(3))
flush()

-- Coroutine closed in the middle of a loop.
local co = coroutine.create(function() for i in iter("co", 9) do coroutine.yield(i) end end)
coroutine.resume(co)
coroutine.resume(co)
print(coroutine.close(co), coroutine.status(co))
flush()
