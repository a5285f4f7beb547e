-- Every escape sequence in both kinds of quotes.
local function bytes(s) return #s .. ": " .. table.concat({s:byte(1, -1)}, " ") end
print(bytes("\a\b\f\n\r\t\v\\\"\'"))
print(bytes('\a\b\f\n\r\t\v\\\"\''))
print(bytes("\x00\x41\x7F\xff\xFf"))
print(bytes("\0\00\000\1\01\001\0011\65B\255\1234"))
print(bytes("'\"'" .. '"\'"'))

-- Line breaks by backslash, \z skipping blanks and line ends.
print("first\
second")
print('one \
two')
print("joined \z
       over \z

       lines\z
")
print(bytes("a\z b"), bytes("\z   "), bytes("x\z	y"))

-- UTF-8 escapes: each encoding length, borders, and values beyond Unicode.
print(bytes("\u{0}\u{7F}"))
print(bytes("\u{80}\u{7FF}"))
print(bytes("\u{800}\u{FFFF}"))
print(bytes("\u{10000}\u{10FFFF}"))
print(bytes("\u{1FFFFF}\u{200000}"))
print(bytes("\u{3FFFFFF}\u{4000000}\u{7FFFFFFF}"))
print(bytes("\u{0000000041}\u{D800}"))
print("\u{48}\u{69}\u{21} \u{e9}\u{20AC}")

-- Escapes next to digits and letters.
print(bytes("\x41A\u{42}B\67C\0679"))
print("\\n is not \n", "tab\tbetween", "quote\"inside")

-- As table keys and in comparisons.
local t = {["\n"] = "newline", ["\065"] = "A", ["\x42"] = "B", ["a\0b"] = "zero"}
print(t["\10"], t.A, t.B, t["a\x00b"], "\65" == "A", "\u{41}" == 'A')
print(#"\\", #'\'', #"\
", #"\z
")
