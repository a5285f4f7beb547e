-- Integer division and modulo: all signs, both types, zero and the extremes.
local vals = {7, -7, 3, -3, 7.5, -7.5, 2.0, -2.0}
for _, a in ipairs(vals) do
  local row = {}
  for _, b in ipairs(vals) do
    local q, r = a // b, a % b
    row[#row + 1] = q .. "," .. r
    -- The identity that defines the pair.
    if q * b + r ~= a then row[#row] = row[#row] .. "?" end
  end
  print(a .. ":", table.concat(row, " "))
end

-- Sign of a zero remainder follows the divisor only for floats.
print(1 / (6.0 % 3), 1 / (-6.0 % 3), 6 % -3, 1 / (6.0 % -3), 1 / (-6.0 % -3))

-- Infinities and NaN.
local inf, nan = math.huge, 0/0
print(5 % inf, -5 % inf, 5 % -inf, -5 % -inf, 5.0 // inf, -5.0 // inf)
print(inf // 1, inf % 2 ~= inf % 2, 1 // 0.0, -1 // 0.0, 0.0 // 0.0 ~= 0.0 // 0.0)
print(nan // 1 ~= nan // 1, nan % 1 ~= nan % 1)

-- Extremes.
local max, min = math.maxinteger, math.mininteger
print(min // -1, min % -1, max // -1, max % -1, min // 1, min % 2, max % 2)
print(min // max, min % max, max // min, max % min)
print(min // 2.0, max % 2.0, -1 // max, -1 % max, 1 // min, 1 % min)

-- Errors.
for _, f in ipairs {
  function(a) return a // 0 end,
  function(a) return a % 0 end,
  function(a, z) return a // z end,
  function(a, z) return a % z end,
  function(a) return 1 // (a - a) end,
} do
  local ok, m = pcall(f, 5, 0)
  print(ok, (m:gsub("^[^:]*:%d+: ", "")))
end

-- Small floats keep exactness of fmod.
print(5.3 % 0.1, -5.3 % 0.1, 1e15 % 0.7, 0.1 // 0.01, 1 % 0.1)
print(string.format("%.17g %.17g", 5.3 % 0.1, -0.3 % 0.1))

-- Constant divisor forms.
local n = -13
print(n // 4, n % 4, n // -4, n % -4, n // 4.0, n % 4.0, -13 // 4, -13 % 4)
