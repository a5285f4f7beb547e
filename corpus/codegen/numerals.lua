-- Numeral syntax: every accepted form.
local n = {
  0, 00, 3, 345, 0xff, 0XFF, 0xBEBADA, 0xA, 0xffffffff,
  3.0, 3.1416, 314.16e-2, 0.31416E1, 34e1, 34e+1, 34E-1, .5, 5., 0., .0, 0.e1, 0e12,
  0x0.1E, 0xA23p-4, 0X1.921FB54442D18P+1, 0x.8, 0x8., 0x.8p1, 0x1p-1074, 0x0p0, 0xep1, 0xe,
  9007199254740991, 9007199254740992, 9007199254740993, 9223372036854775807, 9223372036854775808,
  1e1, 1E+01, 1e-01, 1e0000000000000010, 0x00000000000000000000000000000001, 000000000000000000000001.5,
}
for i, v in ipairs(n) do print(i, v, math.type(v)) end

-- Digits beyond precision.
print(0.1 == 0.1000000000000000055511151231257827, 1.00000000000000000000000000000001 == 1)
print(string.format("%.17g", 0.3), string.format("%.17g", 2.5e-1), string.format("%a", 0x1.8p3))
print(179769313486231570000000000000000000000000000000000000000000000000000000000000000000000000.0)
print(0xffffffffffffffffffffffffffffffff, 0x7fffffffffffffffffffffffffffffff, 0x10000000000000000)
print(0x1.fffffffffffff8p0, 0x1.fffffffffffffp1023, 0x1p1024, 0x1p-1075)

-- Neighbouring tokens.
print(3 ..2, 3 .. 2, 1 ..'x', 4-3, 4 -3, 0xe+1, 0xe-1, 5//2, 2^-3, 1e1-1)
local t = {1, 2}
print(t[1]-1, #t*2, -#t, 3>2, 3<=4, not 0x0)

-- Conversions by tonumber take the same syntax, with blanks and signs.
for _, s in ipairs {
  "10", " 10 ", "-0x10", "+5", "- 5", "0x", "1e", "1e+", ".", "0x.p1", "1..2", "1 2", "", " ",
  "0x1p4", "1e1", "inf", "nan", "1_000", "10a", "0b1", "١", "1\0", "0x1.8", "-.5", "5.", "1e308", "1e309",
} do
  print(("%q"):format(s), tonumber(s), math.type(tonumber(s)))
end
for _, a in ipairs {{"ff", 16}, {"ZZ", 36}, {"777", 8}, {"8", 8}, {"-101", 2}, {" 11 ", 3}, {"1.0", 10}, {"", 10}} do
  print(a[1], a[2], tonumber(a[1], a[2]))
end
print(tonumber("7fffffffffffffff", 16), tonumber("ffffffffffffffff", 16), tonumber("zzzzzzzzzzzzzzzz", 36))
