-- FORPREP and FORLOOP with integers: directions, limits, overflow, loops that never run.
local function collect(a, b, c)
  local t = {}
  for i = a, b, c do
    t[#t + 1] = i
    if #t > 8 then t[#t + 1] = "..." break end
  end
  return #t > 0 and table.concat(t, " ") or "-"
end
print(collect(1, 5, 1))
print(collect(1, 5, 2))
print(collect(5, 1, -1))
print(collect(5, 1, -3))
print(collect(5, 1, 1))
print(collect(1, 5, -1))
print(collect(3, 3, 1), collect(3, 3, -1), collect(3, 2, 1))

local max, min = math.maxinteger, math.mininteger
print(collect(max - 2, max, 1))
print(collect(min + 2, min, -1))
print(collect(max, max, max), collect(min, min, min))
print(collect(max - 1, max, 10), collect(min, max, max))
print(collect(max, min, min), collect(0, max, max // 2))
print(collect(-1, min, min + 1), collect(1, max, max))

-- The loop variable is a copy: changing it does not change the count.
local seen = {}
for i = 1, 3 do
  seen[#seen + 1] = i
  i = i * 10
  seen[#seen + 1] = i
end
print(table.concat(seen, " "))

-- Bounds are evaluated once, in order.
local order = {}
local function e(name, v) order[#order + 1] = name return v end
for i = e("init", 1), e("limit", 3), e("step", 1) do order[#order + 1] = i end
print(table.concat(order, " "))

-- Default step, constants, expressions, and nesting.
local s = 0
for i = 1, 10 do for j = i, 10 do s = s + j - i end end
print(s)
for i = -65536, -65534 do s = s + i end
for i = 100000, 100002 do s = s + i end
print(s)
for i = #"abc", -#"abc", -2 do io.write(i, " ") end
print()

-- Float limits are floored or ceiled towards the start.
print(collect(1, 3.7, 1), collect(-1, -3.7, -1), collect(1, 2.0, 1))
print(collect(max - 1, math.huge, 1), collect(min + 1, -math.huge, -1), collect(1, -math.huge, 1))

-- Body with captured variable.
local f = {}
for i = 1, 3 do f[i] = function(d) i = i + d return i end end
print(f[1](5), f[2](5), f[3](5), f[1](0))

-- break, return and goto inside.
local function search(k) for i = 1, 100 do if i * i >= k then return i end end return "none" end
print(search(50), search(1e6))
for i = 1, 3 do if i == 2 then goto skip end io.write(i, ";") ::skip:: end
print()
