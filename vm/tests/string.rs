//! The string library as scripts see it. What is expected is what the reference gives.

use moonproof_vm::{Limits, Lua, Stress};

/// What a script returns as one string, or its error.
fn evaluate(script: &str, prepare: impl FnOnce(&mut Lua)) -> String {
    let script = format!(
        "local function show(ok, ...)
           local values = {{...}}
           for i = 1, select('#', ...) do
             local value = values[i]
             values[i] = type(value) == 'string' and string.format('%q', value) or tostring(value)
           end
           error(table.concat(values, ' '), 0)
         end
         show(pcall(function() {script} end))"
    );
    let chunk = moonproof_compiler::compile(script.as_bytes(), b"=test").expect("it compiles");
    let chunk = moonproof_verifier::verify(chunk).expect("it verifies");
    let mut lua = Lua::new();
    prepare(&mut lua);
    let error = lua.run(chunk, &[]).expect_err("it ends with its result");
    let message = String::from_utf8_lossy(&error.message).into_owned();
    message.split("\nstack traceback").next().unwrap_or_default().to_owned()
}

fn check(script: &str, expected: &str) {
    assert_eq!(evaluate(script, |_| {}), expected, "{script}");
}

#[test]
fn parts_and_copies() {
    check(
        "return ('hello'):sub(2, -2), ('hello'):sub(-100, 100), ('x'):sub(2)",
        r#""ell" "hello" """#,
    );
    check("return ('hello'):byte(-2, -1)", "108 111");
    check("return string.char(), string.char(72, 105)", r#""" "Hi""#);
    check("return ('ab'):rep(3, ','), ('x'):rep(0), (''):rep(1000000000)", r#""ab,ab,ab" "" """#);
    check("return #('ab'):rep(1000, '-'), #('x'):rep(5000, ('y'):rep(3))", "2999 19997");
    check(
        "return ('abc'):upper(), ('ABC'):lower(), ('abc'):reverse(), ('abc'):len()",
        r#""ABC" "abc" "cba" 3"#,
    );
    check("return ('x'):rep(1 << 40)", r#""test:9: resulting string too large""#);
    check("return string.char(256)", r#""test:9: bad argument #1 to 'char' (value out of range)""#);
    check(
        "return ('x'):rep({})",
        r#""test:9: bad argument #1 to 'rep' (number expected, got table)""#,
    );
    check("return (5):rep(2)", r#""test:9: attempt to index a number value""#);
    check("return string.rep(12, 2)", r#""1212""#);
}

#[test]
fn formats() {
    check("return ('%5d|%-5s|%05.1f'):format(42, 'ab', 3.14159)", r#""   42|ab   |003.1""#);
    check(
        "return ('%x %X %#o %c %g %a'):format(255, 255, 8, 65, 1e20, 0.5)",
        r#""ff FF 010 A 1e+20 0x1p-1""#,
    );
    check(
        "return ('%s %s %s'):format(nil, true, setmetatable({}, {__tostring = function() return 'T' end}))",
        r#""nil true T""#,
    );
    check(
        r#"return ('%q'):format('a\0001\n"')"#,
        r#""\"a\\0001\\\
\\\"\"""#,
    );
    check(
        "return ('%q %q'):format(math.mininteger, 0.1)",
        r#""0x8000000000000000 0x1.999999999999ap-4""#,
    );
    check("return ('%d'):format('3.0'), ('%5.2s|'):format('abc')", r#""3" "   ab|""#);
    check(
        "return ('%d'):format(1.5)",
        r#""test:9: bad argument #1 to 'format' (number has no integer representation)""#,
    );
    check("return ('%y'):format(1)", r#""test:9: invalid conversion '%y' to 'format'""#);
    check("return ('%05s'):format(1)", r#""test:9: invalid conversion specification: '%05s'""#);
    check("return ('%d'):format()", r#""test:9: bad argument #1 to 'format' (no value)""#);
    check(
        "return ('%q'):format({})",
        r#""test:9: bad argument #1 to 'format' (value has no literal form)""#,
    );
}

#[test]
fn searches() {
    check("return ('a.b'):find('.', 2, true), ('a.b'):find('%.')", "2 2 2");
    check("return ('abc'):find('', 10), ('abc'):find('', 4)", "nil 4 3");
    check("return ('key = value'):match('(%w+)%s*=%s*(%w+)')", r#""key" "value""#);
    check("return ('abc'):match('()b()')", "2 3");
    check("return ('abc'):find('(a')", r#""test:9: unfinished capture""#);
    check("return ('abc'):match('[a')", r#""test:9: malformed pattern (missing ']')""#);
    check(
        "local t = {} for k, v in ('a=1,b=2'):gmatch('(%w)=(%w)') do t[#t + 1] = k .. v end return t[1], t[2], t[3]",
        r#""a1" "b2" nil"#,
    );
    check("local n = 0 for _ in ('abc'):gmatch('') do n = n + 1 end return n", "4");
    check("local t = '' for w in ('abc'):gmatch('^?%w', -2) do t = t .. w end return t", r#""bc""#);
}

#[test]
fn substitutions() {
    check("return ('hello world'):gsub('o', '0')", r#""hell0 w0rld" 2"#);
    check("return ('hello world'):gsub('(%w+) (%w+)', '%2 %1 %%')", r#""world hello %" 1"#);
    check("return ('abc'):gsub('', '-')", r#""-a-b-c-" 4"#);
    check("return ('abc'):gsub('%w', '%0%0', 2)", r#""aabbc" 2"#);
    check("return ('abc'):gsub('^a', 'x')", r#""xbc" 1"#);
    check("return ('$x $y'):gsub('%$(%w)', {x = 1})", r#""1 $y" 2"#);
    check("return ('abc'):gsub('b', function(c) return c:upper() .. 'x' end)", r#""aBxc" 1"#);
    check("return ('abc'):gsub('()', '%1')", r#""1a2b3c4" 4"#);
    check(
        "return ('abc'):gsub('b', setmetatable({}, {__index = function(_, k) return k .. k end}))",
        r#""abbc" 1"#,
    );
    check("return ('abc'):gsub('b', '%2')", r#""test:9: invalid capture index %2""#);
    check(
        "return ('abc'):gsub('b', '%a')",
        r#""test:9: invalid use of '%' in replacement string""#,
    );
    check("return ('abc'):gsub('b', {b = {}})", r#""test:9: invalid replacement value (a table)""#);
    check(
        "return ('abc'):gsub('b')",
        r#""test:9: bad argument #2 to 'gsub' (string/function/table expected, got no value)""#,
    );
    check(
        "return ('abc'):gsub('%w', function(c) if c == 'b' then error('stop', 0) end end)",
        r#""stop""#,
    );
}

#[test]
fn binary_forms() {
    check(
        "return ('<i2 >I3 z s1'):pack(-2, 258, 'a', 'bc'):byte(1, -1)",
        "254 255 0 1 2 97 0 2 98 99",
    );
    check(
        "return ('<i2 >I3 z s1'):unpack('\\254\\255\\0\\1\\2a\\0\\2bc')",
        r#"-2 258 "a" "bc" 11"#,
    );
    check("return ('!8 b Xi8 d'):packsize(), ('<f'):unpack(('<f'):pack(0.5))", "16 0.5 5");
    check("return ('i16'):unpack(('i16'):pack(-1))", "-1 17");
    check("return ('b'):pack(200)", r#""test:9: bad argument #1 to 'pack' (integer overflow)""#);
    check(
        "return ('i4'):pack()",
        r#""test:9: bad argument #1 to 'pack' (number expected, got nil)""#,
    );
    check(
        "return ('i4'):unpack('abc')",
        r#""test:9: bad argument #1 to 'unpack' (data string too short)""#,
    );
    check(
        "return ('z'):packsize()",
        r#""test:9: calling 'packsize' on bad self (variable-length format)""#,
    );
}

#[test]
fn arithmetic() {
    check("return '10' + 1, '0x10' * '2', -'2', '7' // 2.0, '2' ^ 2", "11 32 -2 3.0 4.0");
    check("return 'a' + 1", r#""test:9: attempt to add a 'string' with a 'number'""#);
    check("return {} .. 'a'", r#""test:9: attempt to concatenate a table value""#);
    check("return '1' + setmetatable({}, {__add = function(a) return a .. '!' end})", r#""1!""#);
    check("return '1' % 0", r#""attempt to perform 'n%0'""#);
}

#[test]
fn functions_are_dumped() {
    check("local f = load(string.dump(function(x) return x + 1 end)) return f(1)", "2");
    check("return string.dump(print)", r#""test:9: unable to dump given function""#);
    check(
        "local d = string.dump(load('return function() return 1 end', '=x')) return load(d)()(), #d > #string.dump(load(d), true)",
        "1 true",
    );
}

#[test]
fn work_costs_fuel_and_memory() {
    let check = |script: &str, expected: &str| {
        let mut limits = Limits::default();
        limits.fuel = Some(1_000_000);
        limits.memory = 4 << 20;
        assert_eq!(evaluate(script, |lua| lua.set_limits(limits)), expected, "{script}");
    };
    check("return ('a'):rep(20000):match('.-.-.-b')", "out of fuel");
    check("return ('a'):rep(20000):find(('a*'):rep(150) .. 'b')", "out of fuel");
    check("while true do local s = ('a'):rep(200000) end", "out of fuel");
    check("return ('x'):rep(1 << 30)", "out of fuel");
    check("return ('x'):rep(10 << 20)", r#""not enough memory""#);
    check("return ('x'):rep(10000):gsub('x', ('y'):rep(1000))", r#""not enough memory""#);
    check("return ('c8000000'):pack('')", r#""not enough memory""#);
}

#[test]
fn what_is_in_use_survives_collections() {
    let check = |script: &str, expected: &str| {
        assert_eq!(
            evaluate(script, |lua| lua.set_stress(Stress::Collections)),
            expected,
            "{script}"
        );
    };
    let churn = "local function churn(x) for i = 1, 20 do local t = {('z'):rep(i * 7) .. i} end return x end ";
    let check = |script: &str, expected: &str| check(&format!("{churn}{script}"), expected);
    check(
        "return (('ab'):rep(30) .. 'c'):gsub('(a)(b)', function(a, b) return churn(b .. a) end, 3)",
        &format!("\"bababa{}c\" 3", "ab".repeat(27)),
    );
    check(
        "return ('x y'):gsub('%w', setmetatable({}, {__index = function(_, k) return churn(k .. k) end}))",
        "\"xx yy\" 2",
    );
    check(
        "return (('%s-'):rep(3)):format(1, setmetatable({}, {__tostring = function() return churn('T') .. 'U' end}), 'x')",
        "\"1-TU-x-\"",
    );
    check(
        "local t = {} for k in (('k,'):rep(3) .. 'z'):gmatch('%w') do t[#t + 1] = churn(k) end return table.concat(t)",
        "\"kkkz\"",
    );
    check(
        "return ('a b c'):gsub('%w', function(w) return (w:gsub('%w', function(v) return churn(v:upper()) end)) end)",
        "\"A B C\" 3",
    );
}
