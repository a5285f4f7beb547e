-- gsub with strings, tables, functions; counts; escapes; nested use; practical transformations.
local function show(s, n) print(("%q"):format(s), n) end
show(("hello world"):gsub("o", "0"))
show(("hello world"):gsub("o", "0", 1))
show(("hello world"):gsub("o", "0", 0))
show(("hello world"):gsub("o", "0", -1))
show(("hello"):gsub("", "-"))
show(("hello"):gsub("l*", "x"))
show((""):gsub("", "x"))
show((""):gsub("^", "x"))
show(("abc"):gsub("$", "!"))
show(("abc"):gsub("^%a", "<%0>"))
show(("abc abc"):gsub("^abc", "X"))
show(("abc"):gsub("%w", "%0%0"))
show(("hello world"):gsub("(%w+) (%w+)", "%2 %1"))
show(("hello"):gsub("(l)(l)", "[%2%1%0]"))
show(("x = 1"):gsub("%s*=%s*", "="))
show(("50%"):gsub("%%", "%%%%"))
show(("a.b.c"):gsub("%.", "/"))
show(("abc"):gsub("b", "%%1"))
show(("abc"):gsub("()", "%1"))
show(("a b c"):gsub("%s", {}))
show(("$name is $age, $missing"):gsub("%$(%w+)", {name = "Bob", age = 42}))
show(("1 2 3"):gsub("%d", {["1"] = "one", ["2"] = false, ["3"] = 3}))
show(("abc"):gsub("%w", setmetatable({}, {__index = function(_, k) return k:upper() .. "." end})))
show(("abc"):gsub("%w", function(c) if c == "b" then return nil end return c:byte() end))
show(("abc"):gsub("%w", function(c) return c == "b" and false or c .. c end))
show(("k1=v1;k2=v2"):gsub("(%w+)=(%w+)", function(k, v) return v .. "=" .. k end))
show(("abc"):gsub("()(%w)()", function(a, c, b) return a .. c .. b end))
show(("f(a(b)c) g(d)"):gsub("%b()", function(p) return "{" .. p:sub(2, -2) .. "}" end))
show(("THE (quick) fox"):gsub("%f[%a]%a+", string.lower))
show(("one;two;;four"):gsub(";;", ";nil;"))
show(("  x  y "):gsub("^%s+", ""):gsub("%s+$", ""))
show(("a\0b\0c"):gsub("%z", "0"))
show(("a\0b"):gsub("\0", "\0\0"))
show(("äöü"):gsub("[\xc3].", "?"))

-- Replacement by numbers, and results that are not allowed.
show(("abc"):gsub("b", 5))
show(("abc"):gsub("b", 2.5))
for _, r in ipairs {true, 1 == 2, print == nil, coroutine.create(print)} do print(pcall(string.gsub, "x", "x", r)) end
print(pcall(string.gsub, "x", "x"))
print(pcall(string.gsub, "x", "x", function() return {} end))
print(pcall(string.gsub, "x", "x", {x = true}))
print(pcall(string.gsub, "x", "x", "%2"))
print(pcall(string.gsub, "x", "(x)", "%3"))
print(pcall(string.gsub, "x", "x", "%"))
print(pcall(string.gsub, "x", "x", "%z"))
print(pcall(string.gsub, "x", "(x", ""))
print(pcall(string.gsub, "x", "x", function() error("stop", 0) end))

-- Nested gsub, gsub within its own callback, recursion on results.
local function expand(s, env, depth)
  if depth > 5 then return s end
  return (s:gsub("%${(%w+)}", function(k) return env[k] and expand(env[k], env, depth + 1) end))
end
print(expand("${greet}, ${who}! ${unknown} ${loop}", {greet = "Hi ${title}", title = "Dr", who = "${greet}s", loop = "<${loop}>"}, 0))
print((("a-b-c"):gsub("%w", function(c) return (("123"):gsub("%d", function(d) return c .. d end)) end)))

-- Practical: URL coding, camel and snake case, digit grouping, HTML entities, word wrap, hex dump, dedent.
local function urlencode(s) return (s:gsub("[^%w%-_%.~]", function(c) return ("%%%02X"):format(c:byte()) end)) end
local function urldecode(s) return (s:gsub("%+", " "):gsub("%%(%x%x)", function(h) return string.char(tonumber(h, 16)) end)) end
local u = urlencode("a b&c=d/é?")
print(u, urldecode(u), urldecode("%41%zz+%2"))
local function snake(s) return (s:gsub("(%l)(%u)", "%1_%2"):gsub("(%u)(%u%l)", "%1_%2"):lower()) end
local function camel(s) return (s:gsub("_(%l)", string.upper)) end
print(snake "someHTTPServerName", camel "some_http_server_name", camel "_x__y")
local function group(n) local s = ("%d"):format(n):reverse():gsub("(%d%d%d)", "%1,"):reverse() return (s:gsub("^(-?),", "%1")) end
print(group(0), group(999), group(1000), group(-1234567), group(123456), group(math.mininteger))
print((("<a href='x'>&amp;</a>"):gsub("[<>&']", {["<"] = "&lt;", [">"] = "&gt;", ["&"] = "&amp;"})))
print((("the quick brown fox jumps over the lazy dog "):gsub("(.-%s)", function(w) return w end):gsub("(" .. ("."):rep(15) .. "%S*)%s", "%1\n")))
local function dump(s)
  return (s:gsub("(" .. ("."):rep(1) .. ".?.?.?.?.?.?.?)", function(c)
    return c:gsub(".", function(b) return ("%02x "):format(b:byte()) end) .. (" "):rep(3 * (8 - #c)) .. c:gsub("%c", ".") .. "\n"
  end))
end
io.write(dump("hex dump\0\1\2 of bytes\n"))
local text = "\n    if x then\n      y()\n    end\n"
local indent = text:match("\n( +)")
print((text:gsub("\n" .. indent, "\n")))
print((("%d+%s*%a"):gsub("%p", "%%%0")), (("a.b*c"):gsub("[%^%$%(%)%%%.%[%]%*%+%-%?]", "%%%0")))
local counts = {}
local _ = ("mississippi"):gsub(".", function(c) counts[c] = (counts[c] or 0) + 1 end)
print(counts.m, counts.i, counts.s, counts.p)
local pos = {}
_ = ("a,b,,c"):gsub("(),", function(p) pos[#pos + 1] = p end)
print(table.concat(pos, " "))
