-- Limits and errors of the table, utf8 and string libraries, of conversions and of tonumber.
local function try(name, f, ...)
  local r = table.pack(pcall(f, ...))
  for i = 1, r.n do r[i] = tostring(r[i]):gsub("0x%x+", "PTR"):gsub("builtin: %x+", "PTR") end
  print(name, table.concat(r, " | ", 1, r.n))
end
-- table
try("concat", table.concat, {1, 2, {}, 4}) try("concat", table.concat, {1,2,3}, ",", 2, 3) try("concat", table.concat, {}, ",", 1, 1) try("concat", table.concat, {1,2}, 1) try("concat", table.concat, {}, "", math.maxinteger - 1, math.maxinteger)
try("unpack", table.unpack, {}, 1, 1e8) try("unpack", table.unpack, {}, 1, math.maxinteger) try("unpack", table.unpack, {}, math.mininteger, math.maxinteger) try("unpack", table.unpack, {1,2}, 2, 1) try("unpack", table.unpack, {1,2}, math.maxinteger, math.maxinteger)
try("move", table.move, {1,2,3}, 1, math.maxinteger, 2) try("move", table.move, {1,2,3}, -1, math.maxinteger, 2) try("move", table.move, {1,2,3}, 1, 3, math.maxinteger) try("move", table.move, 1, 1,2,3) try("move", table.move, {}, 1,2,3, 4)
try("insert", table.insert, {1,2,3}, 5, 1) try("insert", table.insert, {1,2,3}, 0, 1) try("insert", table.insert, {}) try("insert", table.insert, {}, 1, 2, 3) try("insert", table.insert, {}, "a", 1)
try("remove", table.remove, {1,2,3}, 5) try("remove", table.remove, {1,2,3}, 4) try("remove", table.remove, {}, 0) try("remove", table.remove, {}, 1) try("remove", table.remove, {}, -1)
try("sort", table.sort, {3,1,"x"}) try("sort", table.sort, {1,2,3,4,5,6}, function() return true end) try("sort", table.sort, {1,2,3}, 1) try("sort", table.sort, setmetatable({}, {__len = function() return math.maxinteger end}))
try("sort", table.sort, {1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20}, function(a, b) return a <= b end)
try("pack", function() local t = table.pack(nil, nil) return t.n, #t end)
-- utf8
for _, s in ipairs{"abc", "\u{7FFFFFFF}", "a\x80", "\xF4\x90\x80\x80", "\u{D7FF}\u{E000}", "\xED\xA0\x80", "\xC0\x80", "", "日本語", "\xff"} do
  for _, lax in ipairs{false, true} do
    try("len", utf8.len, s, 1, -1, lax) try("cp", utf8.codepoint, s, 1, -1, lax)
    try("codes", function() local t = {} for p, c in utf8.codes(s, lax) do t[#t+1] = p .. ":" .. c end return table.concat(t, " ") end)
  end
  for i = -4, 4 do for j = -4, 5 do try("off " .. i .. " " .. j, utf8.offset, s, i, j) try("len", utf8.len, s, j, i) end end
end
try("char", utf8.char, 72, 0x7FFFFFFF, 0x80000000) try("char", utf8.char, -1) try("char", utf8.char) print(utf8.charpattern)
-- string misc
try("byte", string.byte, "abc", -10, 10) try("byte", string.byte, ("x"):rep(1e6+1), 1, -1) try("char", string.char, 256) try("char", string.char, -1) try("sub", string.sub, "hello", math.mininteger, math.maxinteger)
try("find", string.find, "a", "[") try("find", string.find, "a", "[a") try("find", string.find, "a", "%") try("find", string.find, "a", "(a") try("find", string.find, "a", "a)") try("find", string.find, "a", "%b") try("find", string.find, "a", "%f") try("find", string.find, "a", "%1") try("find", string.find, "aa", "(a)%1") try("find", string.find, "a", "(" .. ("()"):rep(40) .. ")") try("find", string.find, ("a"):rep(300000), ("a?"):rep(300000)..("b")) try("find", string.find, ("a"):rep(1000), (".-"):rep(500) .. "b")
try("gsub", string.gsub, "abc", "%w", "%2") try("gsub", string.gsub, "abc", "%w", "%") try("gsub", string.gsub, "abc", "%w", "%a") try("gsub", string.gsub, "abc", "%w", {a = true}) try("gsub", string.gsub, "abc", "%w", function() return {} end) try("gsub", string.gsub, "abc", "", "-") try("gsub", string.gsub, "abc", "%w", 1) try("gsub", string.gsub, "abc", "%w", true) try("gsub", string.gsub, "abc", "b", "%0%0", -1) try("gsub", string.gsub, "hello world", "o", "0", 1.5)
try("gmatch", function() local t = {} for a, b in string.gmatch("k=v, x=y", "(%w)=(%w)") do t[#t+1] = a..b end return table.concat(t, ",") end) try("gmatch", function() for a in string.gmatch("abc", "()", 10) do end return "ok" end)
try("dump", string.dump, print) try("len", string.len) try("arith", function() return "10" + 5, "3" * "4", "0x10" // 1, -"2", "10" / "2" end) try("arith", function() return "a" + 1 end) try("arith", function() return {} .. "x" end) try("arith", function() return 1 < "2" end) try("arith", function() return 1.5 | 1 end) try("arith", function() return "1.5" | 1 end) try("arith", function() return "a" | 1 end) try("arith", function() return 1 // 0 end) try("arith", function() return 1 % 0 end) try("arith", function() return 2^53 | 0, "3" | 0 end) try("arith", function() return 1e100 | 0 end)
try("tonumber", tonumber, "10", 99) try("tonumber", tonumber, 10, 10) try("tonumber", tonumber, "zz", 36) try("tonumber", tonumber, "-ff", 16) try("tonumber", tonumber, " 1 ", 2) try("tonumber", tonumber, "8", 8) try("tonumber", tonumber, "1e") try("tonumber", tonumber, "0x") try("tonumber", tonumber, "0x.8p1") try("tonumber", tonumber, "1_0") try("tonumber", tonumber, "inf") try("tonumber", tonumber, "nan") try("tonumber", tonumber) try("tonumber", tonumber, "7fffffffffffffff", 16) try("tonumber", tonumber, "ffffffffffffffffff", 16)
