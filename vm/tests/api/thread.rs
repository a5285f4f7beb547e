//! Coroutines.

use moonproof_vm::{Error, Function, Lua, Stress, Thread, ThreadStatus, Value, Variadic};

use crate::{eval, exec};

#[test]
fn values_go_both_ways() {
    let lua = Lua::new();
    let thread: Thread = eval(
        &lua,
        "coroutine.create(function(...)
            local sum = 0
            for _, n in ipairs {...} do sum = sum + n end
            while true do
                local n = coroutine.yield(sum)
                if not n then return 'end', sum end
                sum = sum + n
            end
        end)",
    );
    assert_eq!(thread.resume::<i64>((1, 2, 3)).expect("a yield"), 6);
    assert_eq!(thread.resume::<i64>(4).expect("a yield"), 10);
    assert_eq!(thread.status(), ThreadStatus::Resumable);
    assert_eq!(thread.resume::<(String, i64)>(()).expect("a return"), ("end".into(), 10));
    assert_eq!(thread.status(), ThreadStatus::Finished);
    assert!(matches!(thread.resume::<()>(()), Err(Error::CoroutineUnresumable)));
    assert!(!thread.is_resumable());
}

#[test]
fn failures_have_a_traceback() {
    let lua = Lua::new();
    let thread: Thread = eval(
        &lua,
        "coroutine.create(function() local function inner() error('deep') end inner() return 1 end)",
    );
    let error = thread.resume::<()>(()).expect_err("an error").to_string();
    assert!(error.contains("deep") && error.contains("local 'inner'"), "{error}");
    assert_eq!(thread.status(), ThreadStatus::Error);
    assert!(matches!(thread.resume::<()>(()), Err(Error::CoroutineUnresumable)));
    assert!(thread.close().is_err());
    assert_eq!(thread.status(), ThreadStatus::Finished);
    assert!(thread.close().is_ok());
    let table: Thread = eval(&lua, "coroutine.create(function() error({code = 5}) end)");
    match table.resume::<()>(()) {
        Err(Error::Thrown { value: Value::Table(table), .. }) => {
            assert_eq!(table.get::<i64>("code").expect("a field"), 5);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn closing_and_starting_again() {
    let lua = Lua::new();
    exec(
        &lua,
        "log = ''
         function body()
             local x <close> = setmetatable({}, {__close = function() log = log .. 'closed ' end})
             coroutine.yield(1)
             log = log .. 'never '
         end",
    );
    let body: Function = eval(&lua, "body");
    let thread = lua.create_thread(body.clone()).expect("a thread");
    for _ in 0..3 {
        assert_eq!(thread.resume::<i64>(()).expect("a yield"), 1);
        thread.reset(body.clone()).expect("a suspended thread");
        assert_eq!(thread.status(), ThreadStatus::Resumable);
    }
    thread.resume::<i64>(()).expect("a yield");
    thread.close().expect("it closes");
    assert_eq!(eval::<String>(&lua, "log"), "closed closed closed closed ");
    thread.reset(eval(&lua, "function(...) return ... end")).expect("a dead thread");
    assert_eq!(thread.resume::<i64>(5).expect("a return"), 5);
    // After a failure as well.
    thread.reset(eval(&lua, "error")).expect("a dead thread");
    assert!(thread.resume::<()>("x").is_err());
    thread.reset(body).expect("a dead thread");
    assert_eq!(thread.resume::<i64>(()).expect("a yield"), 1);
}

#[test]
fn running_threads_refuse() {
    let lua = Lua::new();
    let prod = lua
        .create_function(|lua, thread: Thread| {
            let status = thread.status();
            assert!(matches!(status, ThreadStatus::Running | ThreadStatus::Normal));
            assert!(matches!(thread.resume::<()>(()), Err(Error::CoroutineUnresumable)));
            assert!(thread.close().is_err());
            assert!(thread.reset(lua.globals().get("print")?).is_err());
            Ok(status == ThreadStatus::Running && thread == lua.current_thread())
        })
        .expect("a function");
    lua.globals().set("prod", prod).expect("a global");
    exec(
        &lua,
        "assert(prod(coroutine.running()) == true)
         local co co = coroutine.create(function()
             assert(prod(co) == true)
             coroutine.wrap(function() assert(prod(co) == false) end)()
         end)
         assert(coroutine.resume(co))",
    );
}

#[test]
fn threads_that_resume_each_other_are_bounded() {
    let lua = Lua::new();
    let nest = lua
        .create_function(|lua, f: Function| {
            lua.create_thread(f.clone())?.resume::<Variadic<Value>>(f)
        })
        .expect("a function");
    lua.globals().set("nest", nest).expect("a global");
    exec(
        &lua,
        "local depth = 0
         local function f() depth = depth + 1 return nest(f) end
         local ok, e = pcall(f)
         assert(not ok and tostring(e):find('C stack overflow'), tostring(e))
         assert(depth > 50 and depth <= 200, depth)",
    );
    exec(&lua, "assert(nest(function() return 7 end) == 7)");
}

#[test]
fn handles_keep_threads() {
    let lua = Lua::new();
    lua.set_stress(Stress::Collections);
    let make: Function = eval(
        &lua,
        "function(n) local t = {} return function() while true do t[1] = n coroutine.yield(t[1]) n = n + 1 end end end",
    );
    let threads: Vec<Thread> = (0..20)
        .map(|n| lua.create_thread(make.call(n).expect("a function")).expect("a thread"))
        .collect();
    for round in 0..3 {
        for (n, thread) in threads.iter().enumerate() {
            assert_eq!(thread.resume::<usize>(()).expect("a yield"), n + round);
        }
        lua.gc_collect().expect("a VM");
    }
}

/// A coroutine that has no Lua function fails in a call of the host's that is inside of others.
#[test]
fn failing_host_functions_as_bodies_leave_their_resumer_running() {
    let lua = Lua::new();
    let body = lua
        .create_function(|_, fails: bool| if fails { Err(Error::runtime("no")) } else { Ok(7) })
        .expect("a function");
    let resume = lua
        .create_function(move |lua, fails: bool| {
            let thread = lua.create_thread(body.clone())?;
            Ok(thread.resume::<i64>(fails).map_err(|error| error.to_string()).is_ok())
        })
        .expect("a function");
    lua.globals().set("resume", resume).expect("it is set");
    lua.load(
        "local function deep(n, fails)
             local t = {n, {n}}
             if n > 0 then return deep(n - 1, fails), t end
             return resume(fails), t
         end
         for n = 0, 5 do
             assert(deep(n, false) == true and deep(n, true) == false)
             assert(select(2, coroutine.running()))
         end",
    )
    .exec()
    .expect("it goes on");
}
