-- EQI, LTI, LEI, GTI, GEI with integer immediates -127..128 on either side.
local function right(x)
  return x == 5, x ~= 5, x < 5, x <= 5, x > 5, x >= 5
end
local function left(x)
  return 5 == x, 5 ~= x, 5 < x, 5 <= x, 5 > x, 5 >= x
end
for _, v in ipairs {4, 5, 6, 4.5, 5.0, -5, 2^53, -2^63} do
  print(v, right(v))
  print("", left(v))
end
print("nan", right(0/0))
print("inf", right(math.huge))

-- The limits of the immediate field.
local function limits(x)
  local n = 0
  if x < 128 then n = n + 1 end
  if x < 129 then n = n + 2 end
  if x > -127 then n = n + 4 end
  if x > -128 then n = n + 8 end
  if x <= 128 then n = n + 16 end
  if x <= 129 then n = n + 32 end
  if x >= -127 then n = n + 64 end
  if x >= -128 then n = n + 128 end
  if x == 128 then n = n + 256 end
  if x == -127 then n = n + 512 end
  if x == 129 then n = n + 1024 end
  if x == -128 then n = n + 2048 end
  return n
end
for _, v in ipairs {-129, -128, -127, 0, 127, 128, 129, 128.5, -127.5} do
  io.write(limits(v), " ")
end
print()

-- Polarity: conditions, negations, loops, short circuits.
local function sign(x)
  if x > 0 then return 1 elseif x < 0 then return -1 else return 0 end
end
print(sign(10), sign(-10), sign(0), sign(-0.0), sign(0.1))
local i = 10
while not (i <= 0) do i = i - 3 end
print(i)
repeat i = i + 1 until i == 1 or i > 5
print(i)
local function clamp(x) return x < 0 and 0 or x > 100 and 100 or x end
print(clamp(-1), clamp(50), clamp(101), clamp(0), clamp(100))

-- Both operands immediate: the first is loaded.
print(1 < 2, 2 <= 1, 3 > 2, 2 >= 3, 1 == 1, 1 ~= 1, 1 == 2)

-- Type errors keep the original order of operands.
local function try(f, v) local ok, m = pcall(f, v) return (m:gsub("^[^:]*:%d+: ", "")) end
print(try(function(x) return x < 1 end, "s"))
print(try(function(x) return x > 1 end, "s"))
print(try(function(x) return 1 < x end, {}))
print(try(function(x) return 1 >= x end, nil))
print(try(function(x) return x <= 1 end, true))
-- Equality never fails.
print((function(x) return x == 1, x ~= 1, 1 == x end)("1"))
