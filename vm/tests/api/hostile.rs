//! Sequences that nobody means well with: foreign and dead handles, panics, reentrancy.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use moonproof_vm::{
    AnyUserData, Error, Function, Limit, Limits, Lua, LuaOptions, RegistryKey, Result, StdLib,
    Stress, Table, Thread, Value, Variadic,
};

use crate::{eval, exec, failure};

fn is_foreign<T>(result: Result<T>) -> bool {
    matches!(result, Err(Error::ForeignHandle))
}

fn is_dead<T>(result: Result<T>) -> bool {
    matches!(result, Err(Error::VmDestroyed))
}

/// One handle of each kind.
fn handles(lua: &Lua) -> Vec<Value> {
    vec![
        Value::String(lua.create_string("a string").expect("a string")),
        Value::Table(lua.create_table().expect("a table")),
        Value::Function(eval(lua, "function(...) return ... end")),
        Value::Thread(eval(lua, "coroutine.create(function(...) return ... end)")),
        Value::UserData(lua.create_any_userdata(5_u8).expect("a userdata")),
    ]
}

#[test]
fn handles_of_another_vm_are_refused() {
    let (a, b) = (Lua::new(), Lua::new());
    let table = a.create_table().expect("a table");
    let function: Function = eval(&a, "function(...) return ... end");
    let thread: Thread = eval(&a, "coroutine.create(function(...) return ... end)");
    let userdata: AnyUserData = a.create_any_userdata(1).expect("a userdata");
    let host = a.create_function(|_, ()| Ok(())).expect("a function");
    for value in handles(&b) {
        assert!(is_foreign(table.set("x", &value)), "{value:?}");
        assert!(is_foreign(table.set(&value, 1)), "{value:?}");
        assert!(is_foreign(table.get::<Value>(&value)), "{value:?}");
        assert!(is_foreign(table.raw_set(1, &value)), "{value:?}");
        assert!(is_foreign(table.raw_get::<Value>(&value)), "{value:?}");
        assert!(is_foreign(function.call::<()>(&value)), "{value:?}");
        assert!(is_foreign(function.bind(&value)), "{value:?}");
        assert!(is_foreign(thread.resume::<()>(&value)), "{value:?}");
        assert!(is_foreign(userdata.set_user_value(&value)), "{value:?}");
        assert!(is_foreign(a.create_registry_value(&value)), "{value:?}");
        assert!(is_foreign(a.set_named_registry_value("k", &value)), "{value:?}");
        let returned = a.create_function({
            let value = value.clone();
            move |_, ()| Ok(value.clone())
        });
        let error = returned.expect("a function").call::<Value>(()).expect_err("an error");
        assert!(matches!(error.root_cause(), Error::ForeignHandle), "{error:?}");
        assert_ne!(Value::Table(table.clone()), value);
    }
    let foreign = b.create_table().expect("a table");
    assert!(is_foreign(table.set_metatable(Some(foreign.clone()))));
    assert!(is_foreign(table.equals(&foreign)));
    assert!(is_foreign(a.set_globals(foreign.clone())));
    assert!(is_foreign(function.set_environment(foreign.clone())));
    assert!(is_foreign(a.load("return 1").set_environment(foreign).exec()));
    assert!(is_foreign(a.create_thread(eval(&b, "function() end"))));
    assert!(is_foreign(thread.reset(eval(&b, "function() end"))));
    let key = b.create_registry_value(1).expect("a key");
    assert!(is_foreign(a.registry_value::<Value>(&key)));
    assert!(is_foreign(a.remove_registry_value(key)));
    // Nothing was harmed.
    exec(&a, "assert(1 + 1 == 2)");
    host.call::<()>(()).expect("a call");
}

#[test]
fn handles_outlive_the_vm() {
    let lua = Lua::new();
    let values = handles(&lua);
    let table: Table = eval(&lua, "setmetatable({1}, {__index = table})");
    let function: Function = eval(&lua, "print");
    let thread: Thread = eval(&lua, "coroutine.create(print)");
    let userdata = lua.create_any_userdata(String::from("alive")).expect("a userdata");
    let borrowed = userdata.borrow::<String>().expect("a borrow");
    let key: RegistryKey = lua.create_registry_value("kept").expect("a key");
    let error = lua.load("error({})").exec().expect_err("an error");
    let weak = lua.weak();
    let globals = lua.globals();
    drop(lua);
    assert!(weak.try_upgrade().is_none());
    assert_eq!(*borrowed, "alive");
    for value in &values {
        assert!(is_dead(table.set("x", value)));
        assert!(is_dead(function.call::<()>(value)));
        let _ = (format!("{value:?}"), value.to_pointer(), value == &Value::Nil);
        assert_eq!(value.clone(), value.clone());
    }
    assert!(is_dead(globals.get::<Value>("print")));
    assert!(is_dead(table.len()) && table.is_empty() && table.raw_len() == 0);
    assert!(table.metatable().is_none() && table.pairs::<Value, Value>().all(|p| p.is_err()));
    assert!(is_dead(table.push(1)) && is_dead(table.clear()));
    assert_eq!(table.sequence_values::<Value>().take(3).filter(|v| v.is_err()).count(), 3);
    assert!(is_dead(thread.resume::<()>(())) && is_dead(thread.close()));
    assert!(is_dead(userdata.borrow::<String>()) && is_dead(userdata.destroy()));
    assert!(function.dump(false).is_none() && function.environment().is_none());
    assert!(error.to_string().contains("table"));
    drop((key, borrowed, values));
}

#[test]
fn the_vm_goes_with_its_last_owner() {
    struct Noisy(Arc<Mutex<Vec<&'static str>>>);
    impl Drop for Noisy {
        fn drop(&mut self) {
            self.0.lock().expect("no panic").push("dropped");
        }
    }
    let log = Arc::new(Mutex::new(Vec::new()));
    let lua = Lua::new();
    let function = {
        // It holds handles of its own VM, and even an owner of it.
        let (noisy, table, weak) =
            (Noisy(Arc::clone(&log)), lua.create_table().expect("a table"), lua.weak());
        lua.create_function(move |lua, ()| {
            let _ = &noisy;
            assert!(weak.try_upgrade().is_some());
            table.set("count", table.get::<Option<i64>>("count")?.unwrap_or(0) + 1)?;
            let _clone = lua.clone();
            table.get::<i64>("count")
        })
        .expect("a function")
    };
    let clone = lua.clone();
    drop(lua);
    assert_eq!(function.call::<i64>(()).expect("a call"), 1);
    assert!(log.lock().expect("no panic").is_empty());
    drop(clone);
    assert_eq!(*log.lock().expect("no panic"), ["dropped"]);
    assert!(is_dead(function.call::<i64>(())));
}

#[test]
fn the_last_owner_goes_while_the_vm_runs() {
    let owner = Arc::new(Mutex::new(None));
    let lua = Lua::new();
    let held = Arc::clone(&owner);
    let quit = lua
        .create_function(move |lua, ()| {
            drop(held.lock().expect("no panic").take());
            lua.globals().set("after", 1)
        })
        .expect("a function");
    lua.globals().set("quit", quit).expect("a global");
    let f: Function = eval(&lua, "function() quit() assert(after == 1) return 'done' end");
    *owner.lock().expect("no panic") = Some(lua);
    assert_eq!(f.call::<String>(()).expect("the call ends well"), "done");
    assert!(is_dead(f.call::<String>(())));
}

#[test]
fn finalizers_use_the_vm_while_it_closes() {
    let log = Arc::new(Mutex::new(Vec::new()));
    let lua = Lua::new();
    let (seen, escaped) = (Arc::clone(&log), Arc::new(Mutex::new(None)));
    let escape = Arc::clone(&escaped);
    let note = lua
        .create_function(move |lua, text: String| {
            let n: i64 = lua.load("return 6 * 7").eval()?;
            seen.lock().expect("no panic").push(format!("{text} {n}"));
            *escape.lock().expect("no panic") = Some(lua.clone());
            Ok(())
        })
        .expect("a function");
    lua.globals().set("note", note).expect("a global");
    exec(&lua, "x = setmetatable({}, {__gc = function() note('closing') end})");
    drop(lua);
    assert_eq!(*log.lock().expect("no panic"), ["closing 42"]);
    let escaped = escaped.lock().expect("no panic").take().expect("a handle");
    assert!(is_dead(escaped.load("return 1").exec()));
    assert!(is_dead(escaped.globals().set("x", 1)));
    assert_eq!(escaped.used_memory(), 0);
}

#[test]
fn destructors_of_userdata_may_use_the_vm() {
    struct Closer(Table);
    impl Drop for Closer {
        fn drop(&mut self) {
            // An error when the VM is being destroyed.
            let _ = self.0.push("gone");
        }
    }
    for stress in Stress::ALL {
        let lua = Lua::new();
        let list = lua.create_table().expect("a table");
        lua.set_stress(stress);
        for _ in 0..20 {
            lua.create_any_userdata(Closer(list.clone())).expect("a userdata");
        }
        lua.gc_collect().expect("a VM");
        assert_eq!(list.raw_len(), 20);
        let last = lua.create_any_userdata(Closer(list.clone())).expect("a userdata");
        drop(lua);
        drop(last);
    }
}

#[test]
fn panics_leave_the_vm_usable() {
    for stress in Stress::ALL {
        let lua = Lua::new();
        let panics = lua
            .create_function(|_, text: String| -> Result<()> { panic!("{text}") })
            .expect("a function");
        lua.globals().set("panics", panics).expect("a global");
        let relay = lua
            .create_function(|_, (f, catch): (Function, bool)| {
                if catch {
                    let outcome = catch_unwind(AssertUnwindSafe(|| f.call::<()>(())));
                    assert!(outcome.is_err());
                    Ok(())
                } else {
                    f.call(())
                }
            })
            .expect("a function");
        lua.globals().set("relay", relay).expect("a global");
        lua.set_stress(stress);
        for source in [
            "panics('plain')",
            "pcall(panics, 'pcall')",
            "coroutine.wrap(function() local x <close> = setmetatable({}, {__close = print}) panics('coroutine') end)()",
            "local t = {3, 2, 1} table.sort(t, function() panics('sort') end)",
            "('x'):gsub('.', function() panics('gsub') end)",
            "relay(function() coroutine.wrap(function() relay(function() panics('deep') end) end)() end)",
            "setmetatable({}, {__gc = function() panics('finalizer') end}) collectgarbage()",
            "local x <close> = setmetatable({}, {__close = function() panics('close') end})",
            "local u = 1 local f = function() return u end panics('captured') return f",
        ] {
            let outcome = catch_unwind(AssertUnwindSafe(|| lua.load(source).exec()));
            assert!(outcome.is_err(), "{source}");
            exec(
                &lua,
                "local co = coroutine.wrap(function() return pcall(function() coroutine.yield(1) end) end) assert(co() == 1) collectgarbage()",
            );
            exec(&lua, "assert(select(2, coroutine.running()) == true)");
            let depth =
                "local n = 0 local function f() n = n + 1 return 1 + f() end pcall(f) return n";
            assert!(eval::<i64>(&lua, depth) > 1000, "{source}");
        }
        // Caught by a host function in between, the rest goes on.
        exec(
            &lua,
            "local n = 0
             for i = 1, 10 do
                 local co = coroutine.create(function() panics('inner') end)
                 relay(function() coroutine.resume(co) end, true)
                 assert(coroutine.status(co) == 'dead')
                 n = n + 1
                 collectgarbage()
             end
             assert(n == 10)",
        );
        // Nothing was left counted.
        exec(
            &lua,
            "local depth = 0
             local function f() depth = depth + 1 relay(f, false) end
             pcall(f)
             assert(depth > 150, depth)",
        );
    }
}

#[test]
fn limits_cannot_be_swallowed_by_host_functions() {
    let lua = Lua::new();
    let swallow = lua
        .create_function(|_, f: Function| {
            let _ = f.call::<()>(());
            Ok("swallowed")
        })
        .expect("a function");
    lua.globals().set("swallow", swallow).expect("a global");
    for source in [
        "swallow(function() while true do end end) survived = true",
        "pcall(swallow, function() while true do end end) survived = true",
        "coroutine.wrap(function() swallow(function() while true do end end) end)() survived = true",
        "swallow(coroutine.wrap(function() while true do end end)) survived = true",
        "while true do swallow(function() while true do end end) end",
    ] {
        lua.set_limits(Limits::new().fuel(20_000));
        let error = lua.load(source).exec().expect_err(source);
        assert!(
            matches!(error, Error::LimitExceeded { limit: Limit::Fuel }),
            "{source}: {error:?}"
        );
        lua.set_limits(Limits::new());
        exec(&lua, "assert(survived == nil)");
    }
    lua.set_limits(Limits::new().memory(lua.used_memory() + (1 << 20)));
    let error = lua
        .load("pcall(swallow, function() local t = {} for i = 1, math.huge do t[i] = {} end end)")
        .exec()
        .expect_err("an error");
    assert!(matches!(error, Error::LimitExceeded { limit: Limit::Memory }), "{error:?}");
    // What the host allocates counts as well, and is collected.
    lua.gc_collect().expect("a VM");
    for i in 0..100_000 {
        lua.create_table_from([(i, "x")]).expect("garbage is collected");
    }
    let mut kept = Vec::new();
    let error = loop {
        match lua.create_sequence_from(0..100) {
            Ok(table) => kept.push(table),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::LimitExceeded { .. } | Error::MemoryError(_)), "{error:?}");
    drop(kept);
    exec(&lua, "collectgarbage()");
    lua.create_table().expect("there is room again");
}

#[test]
fn a_sandbox_reaches_nothing() {
    let lua = Lua::sandboxed();
    exec(
        &lua,
        "for _, name in ipairs {'io', 'debug', 'dofile', 'loadfile'} do assert(_G[name] == nil, name) end
         for name in pairs(os) do
             assert(name == 'time' or name == 'clock' or name == 'date' or name == 'difftime', name)
         end
         for name in pairs(package) do
             assert(name == 'loaded' or name == 'preload' or name == 'searchers', name)
         end
         assert(#package.searchers == 1 and not pcall(require, 'anything'))
         package.preload.mine = function() return {1} end
         assert(require 'mine'[1] == 1)
         local f, e = load(string.dump(function() end))
         assert(not f and e == \"attempt to load a binary chunk (mode is 't')\", e)
         local f, e = load(string.dump(function() end), 'x', 'b')
         assert(not f)
         assert(load('return 1')() == 1)",
    );
    assert!(lua.load_std_libs(StdLib::IO).is_err());
    // The host may load what it likes.
    let dump = eval::<Function>(&lua, "function() return 7 end").dump(true).expect("a chunk");
    assert_eq!(lua.load(&dump).eval::<i64>().expect("it verifies"), 7);
    let broken = &dump[..dump.len() - 1];
    assert!(matches!(lua.load(broken).exec(), Err(Error::SyntaxError { .. })));
    // However much is wrong with a chunk, the message is about the first.
    let mut chunk = moonproof_bytecode::load(&dump).expect("a chunk");
    chunk.main.code.fill(moonproof_bytecode::Instruction(u32::MAX));
    let hopeless = moonproof_bytecode::dump(&chunk, moonproof_bytecode::Strip::Nothing);
    let message = lua.load(&hopeless).exec().expect_err("it is refused").to_string();
    assert!(message.ends_with(" more findings)") && message.lines().count() == 1, "{message}");
    let bare = Lua::new_with(StdLib::NONE, LuaOptions::new()).expect("a VM");
    exec(
        &bare,
        "assert(string == nil and print and not pcall(function() return ('x'):rep(2) end))",
    );
    bare.load_std_libs(StdLib::STRING).expect("a library");
    exec(&bare, "assert(('x'):rep(2) == 'xx')");
}

#[test]
fn threads_share_a_vm_by_turns() {
    let lua = Lua::new();
    exec(&lua, "n = 0");
    let add: Function = eval(&lua, "function(k) for i = 1, k do n = n + 1 end end");
    let host = lua
        .create_function(move |lua, f: Function| {
            f.call::<()>(10)?;
            lua.globals().get::<i64>("n")
        })
        .expect("a function");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..200 {
                    host.call::<i64>(add.clone()).expect("a call");
                    drop(lua.create_table().expect("a table").clone());
                }
            });
        }
    });
    assert_eq!(lua.globals().get::<i64>("n").expect("a number"), 4 * 200 * 10);
}

#[test]
fn errors_say_what_happened() {
    let lua = Lua::new();
    let thrower = lua
        .create_function(|_, ()| -> Result<Variadic<i64>> { Err(Error::runtime("host says no")) })
        .expect("a function");
    lua.globals().set("no", thrower).expect("a global");
    for (source, expected) in [
        ("x.y = 1", "test:1: attempt to index a nil value (global 'x')"),
        ("error('text', 0)", "text"),
        ("error({})", "(error object is a table value)"),
        ("error()", "(error object is a nil value)"),
        ("error(setmetatable({}, {__tostring = function() return 'made' end}))", "made"),
        (
            "error(setmetatable({}, {__tostring = function() error('worse') end}))",
            "(error object is a table value)",
        ),
        ("no()", "host says no"),
        ("x =", "test:1: unexpected symbol near <eof>"),
    ] {
        assert_eq!(failure(&lua, source), expected, "{source}");
    }
    let incomplete = lua.load("for i = 1, 2 do").exec().expect_err("an error");
    assert!(matches!(incomplete, Error::SyntaxError { incomplete_input: true, .. }));
}

/// An error that goes through host functions again and again does not become larger and larger.
#[test]
fn errors_of_errors_have_an_end() {
    let lua = Lua::new();
    let call = |_: &Lua, function: Function| function.call::<()>(());
    lua.globals().set("call", lua.create_function(call).expect("a function")).expect("set");
    let fail = |_: &Lua, ()| -> Result<()> { Err(Error::runtime("it failed")) };
    lua.globals().set("fail", lua.create_function(fail).expect("a function")).expect("set");
    let script = lua.load(
        "local ok, error_object = pcall(fail)
         for i = 1, 100000 do
             local previous = error_object
             ok, error_object = pcall(call, function() error(previous) end)
         end
         error(error_object)",
    );
    let error = script.exec().expect_err("an error");
    assert!(error.to_string().starts_with("it failed"), "{error}");
    assert!(error.chain().count() < 1000, "{}", error.chain().count());
}

/// Errors of host functions, and their arguments, count as memory.
#[test]
fn what_the_host_is_given_counts_as_memory() {
    let lua = Lua::new();
    let fail = |_: &Lua, _: Variadic<Value>| -> Result<()> { Err(Error::runtime("it failed")) };
    lua.globals().set("fail", lua.create_function(fail).expect("a function")).expect("set");
    lua.set_limits(Limits::new().memory(24 << 20));
    let script = lua.load(
        "local long = ('x'):rep(100000)
         _G[long] = function() fail() end
         local kept = {}
         for i = 1, math.huge do kept[i] = select(2, pcall(_G[long])) end",
    );
    assert!(matches!(script.exec(), Err(Error::LimitExceeded { limit: Limit::Memory })));
    exec(
        &lua,
        "local t = {}
         for i = 1, 200000 do t[i] = 'x' end
         local ok, message = pcall(fail, table.unpack(t))
         assert(not ok and message == 'not enough memory', message)",
    );
}
