-- Numeric for with floats, with strings (which convert, making float loops), and with wrong types.
local function collect(a, b, c)
  local t = {}
  for x = a, b, c do
    t[#t + 1] = tostring(x)
    if #t > 8 then t[#t + 1] = "..." break end
  end
  return #t > 0 and table.concat(t, " ") or "-"
end
print(collect(0.0, 1, 0.25))
print(collect(1, 2, 0.5))
print(collect(1.0, 3, 1))
print(collect(1, 3.0, 1.0))
print(collect(1, 0, -0.25))
print(collect(0.1, 0.5, 0.1))
print(collect(3, 1, 0.5), collect(1, 3, -0.5))
print(collect(1.0, math.huge, 1e308), collect(-math.huge, 0, 1))
print(collect(1.0, 0/0, 1), collect(0/0, 1, 1.0))
print(collect(2^53, 2^53 + 4, 1.0))

-- Accumulated error decides the number of passes.
local n = 0
for x = 0, 1, 0.1 do n = n + 1 end
print(n)
n = 0
for x = 1, 0, -0.1 do n = n + 1 end
print(n)

-- The variable keeps its type throughout.
for i = 1, 2 do io.write(math.type(i), " ") end
for i = 1.0, 2 do io.write(math.type(i), " ") end
for i = 1, 2.0 do io.write(math.type(i), " ") end
for i = 1, 2, 1.0 do io.write(math.type(i), " ") end
print()

-- Errors: zero step, non-numbers. Numeric strings are converted to floats.
local function try(f)
  local ok, m = pcall(f)
  print((tostring(m):gsub("^[^:]*:%d+: ", "")))
end
try(function() for i = 1, 10, 0 do end end)
try(function() for i = 1, 10, 0.0 do end end)
try(function() for i = 1.5, 10, -0.0 do end end)
try(function() for i = "1", 3 do io.write(i, " ") end end)
try(function() for i = 1, "3" do io.write(i, " ") end end)
try(function() for i = 1, 3, "1" do io.write(i, " ") end end)
try(function() for i = "0x10", "1e1", "-2" do io.write(i, " ") end end)
try(function() for i = "one", 10 do end end)
try(function() for i = 1, "ten" do end end)
try(function() for i = 1, 10, "" do end end)
try(function() for i = nil, 10 do end end)
try(function() for i = 1, {} do end end)
try(function() for i = 1, 2, print do end end)
try(function() for i = 1.5, "x" do end end)
try(function() for i = {}, {}, {} do end end)
try(function() for i = 1, 10, nil do end end)

-- A step of many magnitudes.
for _, step in ipairs {1e-1, 1, 1e1, 1e2} do
  local c = 0
  for _ = 0, 100, step do c = c + 1 end
  io.write(c, " ")
end
print()
