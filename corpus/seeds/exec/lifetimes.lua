-- Captured, to-be-closed and loop registers, close together.
local function close(v) return setmetatable({}, { __close = function() collectgarbage() return v end }) end
local held = {}
local function keep(f) held[#held + 1] = f; return f end
for i = 1, 3 do
  local a, b <close> = i, close(i)
  keep(function() a = a + 1; return a end)
  if i == 2 then goto continue end
  local c = keep(function() a, c = c, a; return c end)
  ::continue::
end
local function chain(n)
  local t <close> = close(n)
  local u = n
  keep(function() u = {} ; return u end)
  if n > 0 then return chain(n - 1) end
  return u, n
end
for k, v in next, { 1, 2, x = 3 } do
  keep(function(x) k, v = v, x; return k end)(k)
end
local co = coroutine.wrap(function(...)
  local t <close> = close(...)
  local x = ...
  keep(function() x = nil end)
  x = coroutine.yield(x)
  return x
end)
co(1) co(2)
setmetatable({}, { __gc = function() for _, f in ipairs(held) do f() end end })
for _, f in ipairs(held) do pcall(f) end
collectgarbage()
return chain(3)
