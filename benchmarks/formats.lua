-- string.format in all its kinds, tostring and tonumber of all kinds of numbers, tables of figures
local N = tonumber((...)) or 240
local format = string.format
local function money(x)
  local s = format("%.2f", x)
  local n
  repeat s, n = s:gsub("^(-?%d+)(%d%d%d)", "%1,%2") until n == 0
  return s
end
local function hex_dump(s)
  local out = {}
  for i = 1, #s, 16 do
    local part = s:sub(i, i + 15)
    out[#out + 1] = format("%08x  %-48s |%s|", i - 1, part:gsub(".", function(c) return format("%02x ", c:byte()) end), part:gsub("%c", "."))
  end
  return table.concat(out, "\n")
end
local function roman(n)
  local out = ""
  for _, p in ipairs({ { 1000, "M" }, { 900, "CM" }, { 500, "D" }, { 400, "CD" }, { 100, "C" }, { 90, "XC" }, { 50, "L" }, { 40, "XL" }, { 10, "X" }, { 9, "IX" }, { 5, "V" }, { 4, "IV" }, { 1, "I" } }) do
    while n >= p[1] do out = out .. p[2]; n = n - p[1] end
  end
  return out
end
local sum, check = 0, 0
local function add(s)
  sum = sum + #s
  check = (check * 31 + s:byte(-1) + s:byte(#s // 2 + 1)) % 1000003
end
for r = 1, N do
  for i = 1, 250 do
    local x = (i * 7919 + r) % 10007 / 13
    add(format("%5d|%-8s|%08.3f|%+d|%x|%X|%o|%c", i, "k" .. i, x, r - i, i * r, i + r, i, 65 + i % 26))
    add(format("%g %e %.14g %10.4f %a", x, x, x, x, i / 8))
    add(format("%q %q %s %s %i", "line\n" .. i, i, nil, true, i))
    add(format("%-10s|%10s|%.3s|%5.1s|%%", "left", "right", "truncated", "x"))
    add(tostring(x) .. tostring(i) .. tostring(-x * 1e10) .. tostring(i * 1e15) .. tostring(1 / i))
    add(money(x * 12345))
    check = (check + tonumber(format("%.5f", x)) // 1 + tonumber(format("0x%x", i)) + tonumber(format("%d", i), 16)) % 1000003
    check = check + (tonumber("z" .. i) or 1) + tonumber("  " .. i .. "  ") + tonumber("1e" .. i % 9) // 1
  end
  add(hex_dump("The quick brown fox\n jumps over the lazy dog \t and more of it " .. r))
  add(roman(1000 + r * 7))
end
print(sum, format("%.0f", check))
