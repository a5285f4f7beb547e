-- Loop variables captured by closures: one variable per pass, in each loop form.
local function sum(fns, ...)
  local s = 0
  for _, f in ipairs(fns) do s = s + f(...) end
  return s
end

local fns = {}
for i = 1, 10 do fns[#fns + 1] = function() return i end end
print(sum(fns))

fns = {}
for i, v in ipairs {5, 6, 7} do
  fns[#fns + 1] = function(d) v = v + (d or 0) return i * v end
end
print(sum(fns), sum(fns, 1), sum(fns))

-- Body local, loop variable and outer variable captured together.
local total = 0
fns = {}
for i = 1, 3 do
  local sq = i * i
  fns[i] = function()
    total = total + 1
    i = i + 1
    sq = sq + i
    return sq
  end
end
print(fns[1](), fns[1](), fns[2](), fns[3](), total)

-- Only some passes capture.
local kept
for i = 1, 5 do
  local v = i
  if i == 3 then kept = function() v = v + 100 return v end end
  v = v + 1
end
print(kept(), kept())

-- Two closures of one pass share, of two passes do not.
local getters, setters = {}, {}
for i = 1, 2 do
  local cell = i
  getters[i] = function() return cell end
  setters[i] = function(n) cell = n end
end
setters[1]("set")
print(getters[1](), getters[2]())

-- Nested loops and deferred calls.
local grid = {}
for y = 1, 3 do
  for x = 1, 3 do
    grid[#grid + 1] = function() return y * 10 + x end
  end
end
for _, f in ipairs(grid) do io.write(f(), " ") end
print()

-- Loop inside a closure inside a loop.
local stack = {}
for i = 1, 2 do
  stack[i] = function()
    local inner = {}
    for j = 1, 2 do inner[j] = function() i = i + j return i end end
    return inner
  end
end
local in1, in2 = stack[1](), stack[2]()
print(in1[1](), in1[2](), in2[1](), in2[2](), in1[1]())

-- Captures with continue and break.
local skipped = {}
for i = 1, 6 do
  local v = i * i
  if i % 2 == 0 then goto continue end
  skipped[#skipped + 1] = function() return v end
  if i == 5 then break end
  ::continue::
end
for _, f in ipairs(skipped) do io.write(f(), " ") end
print()
