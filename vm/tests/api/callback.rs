//! Host functions: arguments, results, errors, and continuations.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use moonproof_vm::{
    Error, Function, Lua, MultiValue, Result, Step, Stress, Thread, Value, Variadic,
};

use crate::{eval, exec, failure};

#[test]
fn arguments_and_results_are_converted() {
    let lua = Lua::new();
    let swap = lua.create_function(|_, (a, b): (Value, Value)| Ok((b, a))).expect("a function");
    lua.globals().set("swap", swap).expect("a global");
    let count = lua.create_function(|_, all: Variadic<Value>| Ok(all.len())).expect("a function");
    lua.globals().set("count", count).expect("a global");
    exec(&lua, "local a, b = swap(1, 'x') assert(a == 'x' and b == 1)");
    exec(&lua, "local a, b = swap(1) assert(a == nil and b == 1)");
    exec(&lua, "assert(count() == 0 and count(nil, nil) == 2)");
    exec(&lua, "assert(count(table.unpack({}, 1, 5000)) == 5000)");
}

#[test]
fn results_beyond_the_first_slots() {
    let lua = Lua::new();
    let many = lua
        .create_function(|_, n: i64| Ok((1..=n).collect::<Variadic<i64>>()))
        .expect("a function");
    lua.globals().set("many", many).expect("a global");
    for n in [0, 1, 19, 20, 21, 1000, 100_000] {
        exec(&lua, &format!("assert(select('#', many({n})) == {n})"));
        exec(
            &lua,
            &format!(
                "local t = {{many({n})}} assert(#t == {n} and t[{n}] == ({n} > 0 and {n} or nil))"
            ),
        );
    }
    assert!(failure(&lua, "many(10000000)").contains("stack overflow"));
    exec(&lua, "assert(#{many(10)} == 10)");
}

#[test]
fn bad_arguments_are_named() {
    let lua = Lua::new();
    let f = lua.create_function(|_, (_, _): (u8, String)| Ok(())).expect("a function");
    lua.globals().set("f", f).expect("a global");
    for (call, expected) in [
        ("f(256, '')", "bad argument #1: cannot convert Lua integer to u8 (out of range)"),
        (
            "f(1.5, '')",
            "bad argument #1: cannot convert Lua number to u8 (number has no integer representation)",
        ),
        (
            "f({}, '')",
            "bad argument #1: cannot convert Lua table to u8 (expected number or string coercible to number)",
        ),
        ("f(1)", "bad argument #2: cannot convert Lua nil to String (expected string or number)"),
    ] {
        assert_eq!(failure(&lua, call), expected, "{call}");
    }
}

#[test]
fn errors_keep_their_source_through_levels() {
    let lua = Lua::new();
    let fail = lua
        .create_function(|_, ()| -> Result<()> {
            Err(Error::external(std::io::Error::other("deep")))
        })
        .expect("a function");
    lua.globals().set("fail", fail).expect("a global");
    let relay = lua.create_function(|_, f: Function| f.call::<()>(())).expect("a function");
    lua.globals().set("relay", relay).expect("a global");
    let error = lua
        .load("relay(function() relay(function() fail() end) end)")
        .exec()
        .expect_err("an error");
    let io = error.downcast_ref::<std::io::Error>().expect("the source");
    assert_eq!(io.to_string(), "deep");
    assert!(error.chain().count() >= 4, "{error:?}");
    assert!(matches!(error.root_cause(), Error::ExternalError(_)));
    exec(
        &lua,
        "local ok, e = pcall(relay, fail)
         assert(not ok and type(e) == 'userdata' and tostring(e) == 'deep', tostring(e))
         assert(getmetatable(e) == false)
         local ok, again = pcall(error, e)
         assert(again == e)",
    );
    // A table goes through the host as the same table.
    exec(
        &lua,
        "local t = {}
         local ok, e = pcall(relay, function() relay(function() error(t) end) end)
         assert(e == t)",
    );
    // And a handler sees what is raised, with the frames that raised it.
    exec(
        &lua,
        "local ok, trace = xpcall(relay, debug.traceback, function() fail() end)
         assert(not ok)",
    );
}

#[test]
fn nested_calls_are_bounded() {
    let lua = Lua::new();
    let again = lua.create_function(|_, f: Function| f.call::<i64>(())).expect("a function");
    lua.globals().set("again", again).expect("a global");
    exec(
        &lua,
        "local depth = 0
         local function f() depth = depth + 1 return again(f) end
         local ok, e = pcall(f)
         assert(not ok and tostring(e):find('C stack overflow'), tostring(e))
         assert(depth > 150 and depth <= 200, depth)
         local ok, e = pcall(f)
         assert(not ok)",
    );
    assert_eq!(eval::<i64>(&lua, "return again(function() return 5 end)"), 5);
}

fn add_generator(lua: &Lua) {
    fn from(lua: &Lua, n: i64, last: i64) -> Result<Step> {
        if n > last {
            return Step::done(lua, "done");
        }
        Step::yield_with(lua, (n, n * n), move |lua, step: Option<i64>| {
            from(lua, n + step.unwrap_or(1), last)
        })
    }
    let range = lua
        .create_step_function(|lua, (first, last): (i64, i64)| from(lua, first, last))
        .expect("a function");
    lua.globals().set("range", range).expect("a global");
    let pcall = lua
        .create_step_function(|lua, (f, args): (Function, MultiValue)| {
            Step::pcall(lua, &f, args, |lua, result: Result<MultiValue>| match result {
                Ok(mut values) => {
                    values.push_front(Value::Boolean(true));
                    Step::done(lua, values)
                }
                Err(error) => Step::done(lua, (false, error)),
            })
        })
        .expect("a function");
    lua.globals().set("hostpcall", pcall).expect("a global");
    let call = lua
        .create_step_function(|lua, (f, args): (Function, MultiValue)| {
            Step::call(lua, &f, args, |lua, values: MultiValue| {
                Step::done(lua, (values.len(), values))
            })
        })
        .expect("a function");
    lua.globals().set("hostcall", call).expect("a global");
    let tail = lua
        .create_step_function(|lua, (f, args): (Function, MultiValue)| {
            Step::tail_call(lua, &f, args)
        })
        .expect("a function");
    lua.globals().set("hosttail", tail).expect("a global");
}

#[test]
fn generators_yield_at_any_depth() {
    for stress in Stress::ALL {
        let lua = Lua::new();
        add_generator(&lua);
        lua.set_stress(stress);
        for wrap in [
            "range(1, 5)",
            "hosttail(range, 1, 5)",
            "hostcall(range, 1, 5)",
            "hostpcall(range, 1, 5)",
            "pcall(hostpcall, hostcall, hostpcall, range, 1, 5)",
            "local t = setmetatable({}, {__index = function(_, k) return hostpcall(range, 1, k) end}) local _ = t[5]",
        ] {
            exec(
                &lua,
                &format!(
                    "local sum, squares = 0, 0
                     for n, square in coroutine.wrap(function() {wrap} end) do
                         sum, squares = sum + n, squares + square
                     end
                     assert(sum == 15 and squares == 55, sum)"
                ),
            );
        }
        // Through many levels of host functions at once.
        exec(
            &lua,
            "local function down(n) if n == 0 then return range(1, 3) end return (hostpcall(down, n - 1)) end
             local co = coroutine.create(down)
             assert(select(2, coroutine.resume(co, 150)) == 1)
             for i = 2, 3 do assert(select(2, coroutine.resume(co)) == i) end
             assert(coroutine.resume(co) and coroutine.status(co) == 'dead')",
        );
    }
}

#[test]
fn continuations_get_results_and_errors() {
    let lua = Lua::new();
    add_generator(&lua);
    exec(
        &lua,
        "local n, a, b = hostcall(function(...) return ... end, 'x', 'y') assert(n == 2 and a == 'x' and b == 'y')",
    );
    exec(
        &lua,
        "local ok, a = hostpcall(function(x) return x end, 'v') assert(ok == true and a == 'v')",
    );
    exec(&lua, "local t = {} local ok, e = hostpcall(error, t) assert(ok == false and e == t)");
    exec(
        &lua,
        "local ok, e = hostpcall(function() local x = nil + 1 end) assert(not ok and tostring(e):find('arithmetic'))",
    );
    exec(&lua, "assert(not pcall(hostcall, error, 'x'))");
    // Variables are closed before the continuation runs, and their errors replace the first.
    exec(
        &lua,
        "local log = {}
         local function closing(name, e)
             return setmetatable({}, {__close = function(_, err) log[#log + 1] = name if e then error(e, 0) end end})
         end
         local ok, e = hostpcall(function()
             local a <close> = closing('a')
             local b <close> = closing('b', 'second')
             local c <close> = closing('c')
             error('first', 0)
         end)
         assert(table.concat(log) == 'cba' and not ok and tostring(e):find('second'), tostring(e))",
    );
    // Closing may yield.
    exec(
        &lua,
        "local co = coroutine.wrap(function()
             return hostpcall(function()
                 local a <close> = setmetatable({}, {__close = function() coroutine.yield('closing') end})
                 error('oops', 0)
             end)
         end)
         assert(co() == 'closing')
         local ok, e = co()
         assert(ok == false and tostring(e):find('oops'))",
    );
}

#[test]
fn without_continuation_nothing_yields_across() {
    let lua = Lua::new();
    add_generator(&lua);
    let call = lua.create_function(|_, f: Function| f.call::<MultiValue>(())).expect("a function");
    lua.globals().set("plain", call).expect("a global");
    exec(
        &lua,
        "local co = coroutine.create(function() plain(function() coroutine.yield(1) end) end)
         local ok, e = coroutine.resume(co)
         assert(not ok and tostring(e):find('attempt to yield across a C-call boundary', 1, true), tostring(e))
         local co = coroutine.create(function() plain(function() range(1, 2) end) end)
         local ok, e = coroutine.resume(co)
         assert(not ok and tostring(e):find('attempt to yield across a C-call boundary', 1, true), tostring(e))",
    );
    assert!(failure(&lua, "range(1, 2)").contains("attempt to yield from outside a coroutine"));
    // But a coroutine inside of the call may.
    exec(
        &lua,
        "plain(function() for n in coroutine.wrap(function() range(1, 3) end) do assert(n <= 3) end end)",
    );
}

#[test]
fn abandoned_continuations_are_dropped() {
    struct Counted(Arc<AtomicUsize>);
    impl Drop for Counted {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let dropped = Arc::new(AtomicUsize::new(0));
    let lua = Lua::new();
    let counter = Arc::clone(&dropped);
    let wait = lua
        .create_step_function(move |lua, ()| {
            let counted = Counted(Arc::clone(&counter));
            Step::yield_with(lua, (), move |lua, ()| {
                let _counted = counted;
                Step::done(lua, ())
            })
        })
        .expect("a function");
    for _ in 0..10 {
        let thread: Thread = lua.create_thread(wait.clone()).expect("a thread");
        thread.resume::<()>(()).expect("a yield");
    }
    assert_eq!(dropped.load(Ordering::SeqCst), 0);
    lua.gc_collect().expect("a VM");
    assert_eq!(dropped.load(Ordering::SeqCst), 10);
    let thread = lua.create_thread(wait).expect("a thread");
    thread.resume::<()>(()).expect("a yield");
    drop(lua);
    assert_eq!(dropped.load(Ordering::SeqCst), 11);
    assert!(matches!(thread.resume::<()>(()), Err(Error::VmDestroyed)));
}

#[test]
fn the_debug_library_cannot_break_a_host_function() {
    let lua = Lua::new();
    add_generator(&lua);
    let call = lua.create_function(|_, f: Function| f.call::<MultiValue>(())).expect("a function");
    lua.globals().set("plain", call).expect("a global");
    exec(
        &lua,
        "plain(function() debug.setupvalue(plain, 1, nil) collectgarbage() collectgarbage() end)
         local ok, e = pcall(plain, print)
         assert(not ok and tostring(e):find('has been changed'))
         local co = coroutine.create(function() return hostcall(function() coroutine.yield() return 1 end) end)
         coroutine.resume(co)
         for level = 0, 3 do
             for i = 1, 5 do pcall(debug.setlocal, co, level, i, false) end
         end
         collectgarbage()
         local ok, e = coroutine.resume(co)
         collectgarbage()",
    );
}
