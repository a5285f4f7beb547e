-- Mathematical functions at limits and beyond, and random numbers from seeds.
local function try(name, f, ...)
  local r = table.pack(pcall(f, ...))
  for i = 1, r.n do r[i] = tostring(r[i]):gsub("0x%x+", "PTR"):gsub("builtin: %x+", "PTR") end
  print(name, table.concat(r, " | ", 1, r.n))
end
-- math
local nums = {0, -0.0, 1, -1, 0.5, -2.5, 1e308, -1e308, 1/0, -1/0, 0/0, math.maxinteger, math.mininteger, 2^53, "0x10", "1e1", 3, -3, 7.25}
for _, n in ipairs{"abs","acos","asin","atan","ceil","cos","cosh","deg","exp","floor","frexp","ldexp","log","log10","modf","pow","rad","sin","sinh","sqrt","tan","tanh","tointeger","type","ult","fmod","max","min"} do
  local f = math[n]
  for _, x in ipairs(nums) do
    local function p(...) local t = table.pack(pcall(f, ...)) for i = 1, t.n do local v = t[i] if type(v) == "number" then t[i] = v ~= v and "nan" or string.format(math.type(v) == "integer" and "%d" or "%.14g", v) else t[i] = tostring(v) end end return table.concat(t, " ", 1, t.n) end
    print(n, x, p(x))
    if n == "log" or n == "fmod" or n == "pow" or n == "atan" or n == "ult" or n == "ldexp" or n == "max" or n == "min" then
      for _, y in ipairs(nums) do print(n, x, y, p(x, y)) end
    end
  end
end
print(math.acos(10), math.asin(-10), math.sqrt(-1), math.log(-1), math.acos(0/0), -(0/0), math.log(-1, 2), math.log(-1,10), math.fmod(1, 0.0), math.sin(1/0), math.pow and math.pow(-1, 0.5))
-- random with seeds
for _, s in ipairs{{1}, {42}, {1, 2}, {-1}, {1.0}, {"5"}, {math.maxinteger}} do
  try("seed", math.randomseed, table.unpack(s))
  for _, a in ipairs{{}, {1}, {10}, {0}, {-5, 5}, {math.mininteger, math.maxinteger}, {3, 2}, {1.5}, {1, 2, 3}, {math.maxinteger}, {0, 2^40}, {"3"}} do try("random", math.random, table.unpack(a)) end
end
try("seedf", math.randomseed, 1.5)
try("seedx", math.randomseed, {})
