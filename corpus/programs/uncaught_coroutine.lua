-- Ends in an error that crosses several coroutine.wrap borders before it reaches the top.
local function stage(name, f)
  return function(source)
    return coroutine.wrap(function()
      for v in source do
        local r = f(v)
        if r ~= nil then coroutine.yield(r) end
      end
      print(name, "drained")
    end)
  end
end
local function from(list)
  local i = 0
  return function() i = i + 1 return list[i] end
end
local parse = stage("parse", function(line)
  local k, v = line:match("^(%w+):(%-?%d+)$")
  if not k then return nil end
  return {key = k, value = tonumber(v)}
end)
local positive = stage("positive", function(r) if r.value > 0 then return r end end)
local scale = stage("scale", function(r)
  r.value = 1000 // (r.value - 7)
  return r
end)
local show = stage("show", function(r) return r.key .. "=" .. r.value end)

local function run(lines)
  local out = {}
  for s in show(scale(positive(parse(from(lines))))) do out[#out + 1] = s end
  return table.concat(out, " ")
end
print(run {"a:10", "b:-4", "nonsense", "c:57", "d:1"})
print(run {})

-- The same failure caught at different borders.
local bad = {"a:8", "b:7", "c:9"}
print(pcall(run, bad))
local partial = {}
local pipe = scale(positive(parse(from(bad))))
print(pcall(function() for r in pipe do partial[#partial + 1] = r.key end end))
print(table.concat(partial, " "), pcall(pipe))
local co = coroutine.create(function() return run(bad) end)
local ok, e = coroutine.resume(co)
print(ok, e, coroutine.status(co))
print((debug.traceback(co):gsub("[^\n\t ]*uncaught_coroutine", "uncaught_coroutine")))

-- A resource in the middle of the pipeline is closed as the error passes.
local closing = {}
local function guarded(source)
  return coroutine.wrap(function()
    local g <close> = setmetatable({}, {__close = function(_, err) closing[#closing + 1] = err and "error" or "normal" end})
    for v in source do coroutine.yield(v) end
  end)
end
for v in guarded(from {1, 2}) do io.write(v, " ") end
print(closing[1])
pcall(function() for _ in guarded(scale(positive(parse(from(bad))))) do end end)
print(closing[2])
io.stdout:write("now uncaught: ")
print(run(bad))
print "never"
