-- Lua patterns: classes, sets, repetition, anchors, captures, frontiers, balances, positions.
local function show(...)
  local t = table.pack(...)
  for i = 1, t.n do t[i] = type(t[i]) == "string" and ("%q"):format(t[i]) or tostring(t[i]) end
  return t.n == 0 and "-" or table.concat(t, " ")
end
local function m(s, p, init) print(("%q %q -> %s"):format(s, p, show(s:match(p, init)))) end

for _, c in ipairs {
  {"hello", "l+"}, {"hello", "(h)(.)(.*)"}, {"hello", "()ll()"}, {"hello", "^h"}, {"hello", "o$"}, {"hello", "^hello$"}, {"hello", "^ell"},
  {"  trim me  ", "^%s*(.-)%s*$"}, {"key = value", "^(%w+)%s*=%s*(%w+)$"}, {"2024-02-29", "(%d+)-(%d+)-(%d+)"}, {"aaa", "a-"}, {"aaab", "a-b"}, {"aaab", "^a-$"},
  {"x^2", "x^2"}, {"a$b", "a$b"}, {"a.b", "a%.b"}, {"100%", "%d+%%"}, {"[tag]", "%[(.-)%]"}, {"a]b", "[]]"}, {"a-b", "[a%-]+"}, {"a^b", "[%^]"}, {"a^b", "[b^]"},
  {"THE (quick) fox", "%((%a+)%)"}, {"f(a(b)c)d", "%b()"}, {"unbalanced (a(b)", "%b()"}, {"[[x]]", "%b[]"}, {"xayaz", "%bxz"}, {"aXbX", "%bXX"},
  {"THE (quick) fox", "%f[%a]%a+"}, {"THE (quick) fox", "%f[%l]%l+"}, {"word", "%f[%w]%w+%f[%W]"}, {"", "%f[%z]"}, {"end", "%f[\0]"},
  {"abcabc", "(a)(b)(c)%1%2%3"}, {"'quoted\"'", "(['\"])(.-)%1"}, {"aa bb ab", "(%a)%1"}, {"xyzxyz", "(x(y)(z))%1"}, {"abab", "^(ab)%1$"},
  {"", ""}, {"abc", ""}, {"abc", "()"}, {"", ".-"}, {"", "^$"}, {"\0a\0", "%z"}, {"\0a\0", "[%z]a"}, {"a\0b", "a%zb"}, {"a\0b", "[^%z]+$"},
  {"aéz", "[\128-\255]+"}, {"x1_Y", "[%w_]+"}, {"x1_Y", "[^%a]+"}, {"0x1F", "^0[xX](%x+)$"}, {"tab\tnew\n", "%c"}, {"a+b", "%p"}, {"Mixed", "%u%l+"}, {"A B", "%S"},
  {"a,b,,c", "([^,]*),([^,]*),([^,]*),([^,]*)"}, {"aab", "a?ab"}, {"b", "a?b"}, {"aaaa", "^a?a?a?aaa$"}, {"[a-z]", "[[a-]+"}, {"a-z", "[a-]+"}, {"x-y", "[%a-]+"},
  {"\\n", "\\(.)"}, {"a%b", "%%"}, {"%d", "%%d"}, {"]]", "[]]+"}, {"^", "[%^x]"}, {"-", "[-x]"}, {"a", "[^%s]"}, {"  x", "%s*()"},
} do m(c[1], c[2], c[3]) end

-- find: positions, init, plain.
print(("hello"):find("l"), ("hello"):find("l", 4), ("hello"):find("l", 5), ("hello"):find("l", -2))
print(("hello"):find(""), ("hello"):find("", 6), ("hello"):find("", 7), ("hello"):find("h", -100), ("hello"):find("", 100))
print(("a.b"):find(".", 1, true), ("a.b"):find("."), ("a+b"):find("+", 1, true), ("a%b"):find("%", 1, true), ("abc"):find("b", 1, true))
print(("hello"):find("(l)(l)"), ("hello"):find("()"), ("x"):find("^", 1), ("ab"):find("^b", 2), ("ab"):match("^b", 2))
print(("a\0b"):find("\0"), ("a\0b"):find("b", 1, true), ("a\0b\0c"):find("\0c", 1, true), (""):find(""), (""):find("x"))

-- gmatch: with captures, anchors, empty matches, init, modification of the loop variable.
local function all(s, p, init)
  local t = {}
  for a, b in s:gmatch(p, init) do t[#t + 1] = b and a .. ":" .. tostring(b) or tostring(a) end
  return #t .. "{" .. table.concat(t, ",") .. "}"
end
print(all("one two three", "%a+"), all("k=v, x=y", "(%w+)=(%w+)"), all("abc", ""), all("abc", "()"), all("aXbX", "X"))
print(all("abc", "^a"), all("^a^a", "^a"), all("a1b22c333", "%d+", 3), all("abc", ".", -2), all("abc", ".", 10), all("", ""), all("aab", "a*"))
print(all("a,b;c", "([^,;]*)[,;]?"), all("hello world", "%f[%w]%w"), all("x", "x-"), all("12", "(%d)()"))
local it = ("a b"):gmatch "%a"
print(it(), it(), it(), pcall(it))

-- Malformed patterns.
for _, p in ipairs {"[", "[a", "[]", "[^", "[a-", "%", "(", "(()", ")", "%1", "(%1)", "%f", "%fa", "%b", "%ba", "[%", "[%a", "(a))", "a%", "%g(", "()%2", ("("):rep(40)} do
  print(("%q"):format(p), pcall(string.match, "aaa(", p))
end
-- Patterns that are costly but finite, and one that is too deep.
print(("a"):rep(16):match(("a?"):rep(16) .. ("a"):rep(16)) ~= nil, #("x"):rep(3000):match(".-$"), #("x"):rep(5000):match("(.*)"))
print(pcall(string.match, ("x"):rep(300000), ("x?"):rep(300000)))
print(select(2, pcall(string.rep, "x", -5)), (("a"):rep(10, ",")), ("ab"):rep(0), ("ab"):rep(1, "sep"), (""):rep(100), (""):rep(3, "-"))

-- A tokenizer built on anchored matches at a moving position.
local function tokens(src)
  local kinds = {{"space", "^%s+"}, {"number", "^%d+%.?%d*"}, {"name", "^[%a_][%w_]*"}, {"string", "^(['\"]).-%1"}, {"op", "^[-+*/=<>~]=?"}, {"other", "^."}}
  local pos, out = 1, {}
  while pos <= #src do
    for _, k in ipairs(kinds) do
      local s, e = src:find(k[2], pos)
      if s then
        if k[1] ~= "space" then out[#out + 1] = k[1] .. ":" .. src:sub(s, e) end
        pos = e + 1
        break
      end
    end
  end
  return table.concat(out, " ")
end
print(tokens [[x1 = 3.14 * (y_2 >= "it's" + 'a "b"') ~= _ ? 7]])
