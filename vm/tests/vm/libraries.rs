//! Library functions under limits: what a script makes them take counts as memory, and what it makes
//! them do is paid for with fuel.

use moonproof_vm::{Limits, Lua, Stress};

use crate::{run, run_well};

fn with_memory(memory: usize) -> Lua {
    let lua = Lua::new();
    lua.set_limits(Limits::new().memory(memory));
    lua
}

/// A request that is too large is refused, and can be caught: nothing was taken.
fn is_refused(setup: &str, request: &str) {
    let mut lua = with_memory(8 << 20);
    run_well(
        &mut lua,
        &format!(
            "{setup}
             local ok, message = pcall(function() return {request} end)
             assert(not ok and message == 'not enough memory', tostring(message):sub(1, 100))"
        ),
    );
    assert!(lua.used_memory() < 8 << 20, "{request}: {}", lua.used_memory());
}

#[test]
fn results_count_as_memory_while_they_are_made() {
    is_refused("local x, q = ('x'):rep(100000), ('?'):rep(100000)", "package.searchpath(x, q)");
    is_refused("local semicolons = (';'):rep(1000000)", "package.searchpath('x', semicolons)");
    is_refused(
        "package.path, package.searchers[3] = ('?'):rep(100000), nil local x = ('x'):rep(100000)",
        "require(x)",
    );
    is_refused(
        "local t = {} for i = 1, 50000 do t[i] = 1e308 end local f = ('%.99f'):rep(50000)",
        "f:format(table.unpack(t))",
    );
    is_refused("local zeros = ('\\0001'):rep(1000000)", "('%q'):format(zeros)");
    is_refused("local captures = ('%0'):rep(1000000)", "('x'):gsub('x', captures)");
    is_refused("local f = ('%c'):rep(500000)", "os.date(f)");
    is_refused("local f = '!16' .. ('xXi16'):rep(300000)", "f:pack()");
    is_refused("local s = ('x'):rep(3000000)", "s:upper()");
    is_refused(
        "local s = ('x'):rep(3000000) local t = setmetatable({}, {__index = function() return s .. 'y' end})",
        "table.concat(t, '', 1, 2)",
    );
    is_refused(
        "warn '@on' local s, t = ('x'):rep(100000), {} for i = 1, 1000 do t[i] = s end",
        "warn(table.unpack(t))",
    );
    is_refused("local s = ('x'):rep(3000000)", "error(s)");
    is_refused("local s = ('x'):rep(3000000)", "(s .. 'y'):match('(.*)(y)()')");
}

#[test]
fn what_is_read_counts_as_memory() {
    for read in ["'a'", "'l'", "'L'", "1 << 40", "1 << 62", "math.maxinteger"] {
        is_refused("local zeros = assert(io.open('/dev/zero'))", &format!("zeros:read({read})"));
        is_refused("", &format!("io.lines('/dev/zero', {read})()"));
    }
    is_refused("local zeros = io.popen('cat /dev/zero')", "zeros:read('a')");
}

/// Items of which there is no end are refused when there is no more memory.
#[test]
fn items_count_as_memory_while_they_are_moved() {
    for request in [
        "table.move(setmetatable({}, {__index = function() return 1 end}), 1, 1 << 40, 1, {})",
        "table.move(setmetatable({}, {__index = function() return 1 end}), 1, 1 << 40, 1 << 50, {})",
    ] {
        let mut lua = with_memory(8 << 20);
        let message = run(&mut lua, request).expect_err(request);
        assert!(message.ends_with("not enough memory"), "{message}");
    }
}

/// What sorting copies is refused while the table itself has its place.
#[test]
fn items_that_are_sorted_count_as_memory() {
    is_refused(
        "local t = {} for i = 1, 1 << 18 do t[i] = 'item' .. i % 100 end kept = ('x'):rep(2500000) collectgarbage()",
        "table.sort(t)",
    );
}

/// Garbage is collected before a result in the making is refused.
#[test]
fn garbage_makes_room_for_results() {
    for request in [
        "table.concat({part, 'x'})",
        "(part:gsub('x', 'yy'))",
        "(part:gsub('x', function() return 'yy' end))",
        "part:upper()",
        "part:reverse()",
        "('%s!'):format(part)",
        "('%q'):format(part)",
        "string.pack('z', part)",
        "string.unpack('z', part .. '\\0')",
        "part:match('()(.*)')",
        "select(2, pcall(error, part))",
    ] {
        let mut lua = with_memory(6 << 20);
        let script = format!(
            "local kept, part = ('k'):rep(1500000), ('p'):rep(700000) .. 'x'
             local last
             for i = 1, 100 do last = {request} end
             assert(#kept == 1500000)"
        );
        run_well(&mut lua, &script);
    }
}

/// A collection wherever memory is looked for takes nothing that is in use.
#[test]
fn what_is_in_use_stays_while_memory_is_looked_for() {
    let mut lua = Lua::new();
    lua.set_stress(Stress::Collections);
    run_well(
        &mut lua,
        "local function text(n) return ('text ' .. n):rep(100) end
         local object = setmetatable({}, {__tostring = function() return text(7) end})
         local proxy = setmetatable({}, {__index = function(_, i) return text(i) end})
         for round = 1, 3 do
             local expected = ''
             for i = 1, 20 do expected = expected .. text(i) .. text('-') end
             assert(table.concat(proxy, text('-'), 1, 20) .. text('-') == expected)
             assert(('%s|%s|%90s'):format(object, object, object) == text(7) .. '|' .. text(7) .. '|' .. text(7))
             assert(('%q%s%q'):format(text(1), object, text(2)) == '\"' .. text(1) .. '\"' .. text(7) .. '\"' .. text(2) .. '\"')
             assert(text(1):gsub('1', function() return text(2) end) == (text(1):gsub('1', (text(2):gsub('%%', '%%%%')))))
             assert(text(3):gsub('%d', {['3'] = text(4)}) == (text(3):gsub('3', text(4))))
             assert(string.pack('zs4z', text(1), text(2), 'x') == text(1) .. '\\0' .. string.pack('<s4', text(2)) .. 'x\\0')
             assert(select(2, string.unpack('zz', text(1) .. '\\0' .. text(2) .. '\\0')) == text(2))
             assert(select(2, pcall(error, text(1))):sub(-600) == text(1))
             local n = 0
             local piece = load(function() n = n + 1 return n < 300 and 'x = ' .. n .. ' ' or n == 300 and 'return x' or nil end)
             assert(piece() == 299)
             local t = {} for i = 1, 300 do t[i] = text(i % 37) end
             table.sort(t)
             for i = 2, #t do assert(t[i - 1] <= t[i]) end
             local message = select(2, package.searchpath(text('a.b'), text('?;')))
             assert(message:find(text('a/b'), 1, true))
         end",
    );
}

/// A format that a `__tostring` has removed from the arguments is still there for the rest.
#[test]
fn a_format_stays_whatever_becomes_of_the_arguments() {
    let mut lua = Lua::new();
    run_well(
        &mut lua,
        "local meddler = setmetatable({}, {__tostring = function()
             debug.setlocal(2, 1, 'gone')
             collectgarbage()
             for i = 1, 100 do local s = ('y'):rep(100) .. i end
             return 'm'
         end})
         for i = 1, 10 do
             local tail = ('tail'):rep(50)
             assert(string.format('%s%s%5s' .. tail .. i, meddler, meddler, meddler) == 'mm    m' .. tail .. i)
         end",
    );
}

#[test]
fn files_that_were_not_found_are_listed() {
    let mut lua = Lua::new();
    run_well(
        &mut lua,
        "local function check(expected, ...)
             local file, message = package.searchpath(...)
             assert(file == nil and message == expected, message)
         end
         check(\"no file '/no/a/b.x'\\n\\tno file '/no/a/b-a/b'\", 'a.b', '/no/?.x;/no/?-?')
         check(\"no file '/no/a.b'\", 'a.b', '/no/?', '')
         check(\"no file '/no/axxb'\", 'a.b', '/no/?', '.', 'xx')
         check(\"no file ''\", 'a', '')
         assert(package.searchpath('ze.ro', '/no/?;/dev/?', 'ze', 'ze') == nil)
         assert(package.searchpath('ze-ro', '/no/?;/dev/?', '-', '') == '/dev/zero')",
    );
}

/// Functions count as what they take, code and names included, and no longer than they are there.
#[test]
fn functions_count_as_memory() {
    for source in [
        "('x = 1 '):rep(50000)",
        "'return function() ' .. ('x = 1 '):rep(50000) .. ' end'",
        "'if false then local function f() ' .. ('x = 1 '):rep(50000) .. ' end end'",
        "string.dump(load(('x = 1 '):rep(50000)))",
        "'local ' .. ('x'):rep(300000)",
    ] {
        let mut lua = with_memory(8 << 20);
        let script = format!(
            "local source, kept = {source}, {{}}
             while true do
                 local f = assert(load(source, 'x'))
                 kept[#kept + 1] = f() or f
             end"
        );
        let message = run(&mut lua, &script).expect_err(source);
        assert!(message.contains("not enough memory"), "{message}");
        lua.set_limits(Limits::default());
        run_well(&mut lua, "collectgarbage() collectgarbage()");
        assert!(lua.used_memory() < 1 << 20, "{source}: {}", lua.used_memory());
    }
}

/// A file that never ends is read as far as it takes to see that it is no program.
#[test]
fn endless_files_are_no_programs() {
    let mut lua = Lua::new();
    run_well(
        &mut lua,
        r#"local function check(expected, ok, message)
               assert(not ok and message:find(expected, 1, true), message)
           end
           check("/dev/zero:1: unexpected symbol", loadfile("/dev/zero"))
           check("/dev/zero:1: unexpected symbol", pcall(dofile, "/dev/zero"))
           package.path = "/dev/?"
           check("/dev/zero:1: unexpected symbol", pcall(require, "zero"))
           assert(loadfile("/dev/null"))
           check("cannot read /dev", loadfile("/dev"))
           check("cannot open /dev/none", loadfile("/dev/none"))"#,
    );
}

/// What `setup` makes is then used again and again, until the fuel is used up: not very often.
fn is_paid_for(setup: &str, work: &str, most: u32) {
    let mut lua = Lua::new();
    run_well(&mut lua, setup);
    lua.set_limits(Limits::new().fuel(1_000_000));
    let source = format!("n = 0 while true do n = n + 1 {work} end");
    let message = run(&mut lua, &source).expect_err(work);
    assert!(message.ends_with("out of fuel"), "{message}");
    lua.set_limits(Limits::default());
    run_well(&mut lua, &format!("assert(n <= {most}, [=[{work}]=] .. ': ' .. n)"));
}

#[test]
fn long_work_is_paid_for() {
    is_paid_for("s = ('x = 1 '):rep(10000)", "load(s)", 80);
    is_paid_for("s = string.dump(load(('x = 1 '):rep(10000)))", "load(s)", 80);
    is_paid_for(
        "s = ('x = 1 '):rep(100)",
        "local i = 0 load(function() i = i + 1 return i < 100 and s or nil end)",
        80,
    );
    is_paid_for("s = (' '):rep(1000000)", "string.packsize(s)", 5);
    is_paid_for("s = (' '):rep(1000000)", "string.unpack(s, '')", 5);
    is_paid_for("s = ('x'):rep(1000000)", "string.pack(s)", 5);
    is_paid_for("s = ('%%'):rep(1000000)", "os.date(s)", 2);
    is_paid_for("s = ('\\x80'):rep(1000000) step = utf8.codes('')", "pcall(step, s, 1)", 10);
    is_paid_for("s = 'a' .. ('\\x80'):rep(1000000)", "utf8.offset(s, 0, #s)", 20);
    is_paid_for("s = (';'):rep(1000)", "package.searchpath('x', s)", 4);
    is_paid_for("s = ('x'):rep(1000000)", "pcall(function() error(s) end)", 20);
    is_paid_for("s = ('x'):rep(1000000) out = io.open('/dev/null', 'w')", "out:write(s)", 300);
    is_paid_for("s = ('x'):rep(1000000) io.output('/dev/null')", "io.write(s, s, s)", 100);
    is_paid_for("zeros = io.open('/dev/zero')", "zeros:read(1 << 24)", 20);
    is_paid_for(
        "t = {} for i = 1, 1000 do t[i] = ('x'):rep(10000) .. i % 2 end",
        "table.sort(t)",
        5,
    );
    is_paid_for("t = {} for i = 1, 100000 do t[i] = {} end", "collectgarbage()", 100);
    is_paid_for("t = {} for i = 1, 100000 do t[i] = {} end", "collectgarbage('step')", 5000);
    is_paid_for(
        "collectgarbage('generational') t = {} for i = 1, 100000 do t[i] = {} end",
        "collectgarbage('step')",
        100,
    );
    is_paid_for("for i = 1, 100000 do _G['x' .. i] = i end", "pcall(string.rep)", 40);
    is_paid_for("for i = 1, 100000 do _G['x' .. i] = i end", "debug.traceback()", 20);
    is_paid_for(
        "f = load('goto done ' .. ('x = 1 '):rep(50000) .. ' ::done:: local a = b.c.d')",
        "pcall(f)",
        200,
    );
    is_paid_for(
        "a, b = ('x'):rep(1000000) .. 'a', ('x'):rep(1000000) .. 'b'",
        "local _ = a == b",
        300,
    );
    is_paid_for(
        "a, b = ('x'):rep(1000000) .. 'a', ('x'):rep(1000000) .. 'b'",
        "local _ = a < b",
        300,
    );
    is_paid_for(
        "a, b = ('x'):rep(1000000) .. 'a', ('x'):rep(1000000) .. 'a' t = {[a] = 1}",
        "local _ = t[b]",
        300,
    );
    is_paid_for(
        "a, b = ('x'):rep(1000000) .. 'a', ('x'):rep(1000000) .. 'b'",
        "local _ = rawequal(a, b)",
        300,
    );
    is_paid_for("a = ('x'):rep(1000000)", "local _ = a .. 'b'", 100);
    is_paid_for(
        "t = {} for i = 1, 100000 do t['x' .. i] = i end for k in pairs(t) do t[k] = nil end",
        "next(t)",
        100,
    );
}
