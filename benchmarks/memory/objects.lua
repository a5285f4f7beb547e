-- keeps many objects of one kind alive: the kind, then how many
local kind, count = ...
local yield, create, resume = coroutine.yield, coroutine.create, coroutine.resume
local function body() yield() end
local function finished() end
local function deep(n) if n == 0 then yield() else deep(n - 1) end return n end
local shared, meta = 0, {}
local make = {
  ["nothing"] = function() return true end,
  ["empty table"] = function() return {} end,
  ["array of 4"] = function(i) return { i, i, i, i } end,
  ["array of 100"] = function(i)
    local t = {}
    for k = 1, 100 do t[k] = i end
    return t
  end,
  ["record of 3"] = function(i) return { x = i, y = i, z = i } end,
  ["object of 3"] = function(i) return setmetatable({ x = i, y = i, z = i }, meta) end,
  ["string of 8"] = function(i) return string.format("%08d", i) end,
  ["string of 30"] = function(i) return string.format("%030d", i) end,
  ["string of 100"] = function(i) return string.rep("x", 92) .. string.format("%08d", i) end,
  ["closure, shared upvalue"] = function() return function() return shared end end,
  ["closure, own upvalue"] = function(i) return function() i = i + 1; return i end end,
  ["coroutine, not started"] = function() return create(body) end,
  ["coroutine, suspended"] = function() local co = create(body); resume(co); return co end,
  ["coroutine, 20 calls deep"] = function() local co = create(deep); resume(co, 20); return co end,
  ["coroutine, finished"] = function() local co = create(finished); resume(co); return co end,
}
if not kind then
  local kinds = {}
  for name in pairs(make) do kinds[#kinds + 1] = name end
  table.sort(kinds)
  print(table.concat(kinds, "\n"))
  return
end
local new, all = assert(make[kind], "no such kind"), {}
for i = 1, math.tointeger(count) do all[i] = new(i) end
print(kind, #all)
