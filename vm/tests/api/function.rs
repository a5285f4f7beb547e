//! Functions and chunks.

use moonproof_vm::{ChunkMode, Error, Function, Lua, MultiValue, Table, Value};

use crate::{eval, exec};

#[test]
fn binding_puts_arguments_in_front() {
    let lua = Lua::new();
    let f: Function =
        eval(&lua, "function(...) return select('#', ...), table.concat({...}, ',') end");
    let bound = f.bind(("a", 1)).expect("a function").bind("b").expect("a function");
    assert_eq!(bound.call::<(i64, String)>("c").expect("a call"), (4, "a,1,b,c".into()));
    assert_eq!(f.bind(()).expect("a function").call::<i64>(()).expect("a call"), 0);
    assert!(f.bind(MultiValue::from(vec![Value::Nil; 300])).is_err());
    // A bound function may yield.
    let co = eval::<Function>(&lua, "coroutine.yield").bind("x").expect("a function");
    let thread = lua.create_thread(co).expect("a thread");
    assert_eq!(thread.resume::<String>(()).expect("a yield"), "x");
}

#[test]
fn info_tells_where_it_is() {
    let lua = Lua::new();
    let f: Function = lua
        .load("local up\nreturn function(a, b, ...)\n  return up\nend")
        .set_name("@some/file.lua")
        .eval()
        .expect("a function");
    let info = f.info();
    assert_eq!(
        (info.what, info.num_params, info.is_vararg, info.num_upvalues),
        ("Lua", 2, true, 1)
    );
    assert_eq!((info.line_defined, info.last_line_defined), (Some(2), Some(4)));
    assert_eq!(
        (info.source.as_deref(), info.short_src.as_deref()),
        (Some("@some/file.lua"), Some("some/file.lua"))
    );
    let host = lua.create_function(|_, ()| Ok(())).expect("a function");
    assert_eq!(host.info().what, "C");
    assert_eq!(lua.load("return 1").into_function().expect("a function").info().what, "main");
}

#[test]
fn environments_are_a_functions_own() {
    let lua = Lua::new();
    let (f, g): (Function, Function) =
        eval(&lua, "return function() x = 1 return x end, function() return x end");
    let env = lua.create_table().expect("a table");
    assert!(f.set_environment(env.clone()).expect("an environment"));
    assert_eq!(f.call::<i64>(()).expect("a call"), 1);
    assert_eq!(g.call::<Option<i64>>(()).expect("a call"), None);
    assert_eq!(f.environment(), Some(env.clone()));
    assert_eq!(g.environment(), Some(lua.globals()));
    assert_eq!(env.get::<i64>("x").expect("a field"), 1);
    let none: Function = eval(&lua, "function() end");
    assert!(!none.set_environment(env).expect("no environment"));
    assert!(none.environment().is_none());
}

#[test]
fn dumps_load_again() {
    let lua = Lua::new();
    let f: Function = eval(&lua, "function(n) local name = n * 2 return name end");
    for strip in [false, true] {
        let dump = f.dump(strip).expect("a Lua function");
        let again =
            lua.load(&dump).set_mode(ChunkMode::Binary).into_function().expect("it verifies");
        assert_eq!(again.call::<i64>(21).expect("a call"), 42);
        assert!(lua.load(&dump).set_mode(ChunkMode::Text).exec().is_err());
        for end in 0..dump.len() {
            assert!(lua.load(&dump[..end]).set_mode(ChunkMode::Binary).into_function().is_err());
        }
    }
    assert!(eval::<Function>(&lua, "print").dump(true).is_none());
}

#[test]
fn chunks_are_named_and_evaluated() {
    let lua = Lua::new();
    let error = lua.load("error('here')").exec().expect_err("an error").to_string();
    assert!(error.contains("function.rs:"), "{error}");
    let error = lua.load("error('here')").set_name("=named").exec().expect_err("an error");
    assert!(error.to_string().starts_with("named:1: here\nstack traceback:"), "{error}");
    assert_eq!(eval::<i64>(&lua, "1 + 1"), 2);
    assert_eq!(eval::<i64>(&lua, "local x = 3 return x"), 3);
    assert_eq!(eval::<(i64, i64)>(&lua, "1, 2"), (1, 2));
    assert_eq!(lua.load("return ...").call::<i64>(9).expect("a call"), 9);
    let missing = lua.load(std::path::Path::new("no such file.lua")).exec();
    assert!(missing.expect_err("an error").downcast_ref::<std::io::Error>().is_some());
    let env: Table = eval(&lua, "{}");
    lua.load("y = 5").set_environment(env.clone()).exec().expect("it runs");
    assert_eq!(env.get::<i64>("y").expect("a field"), 5);
    assert!(lua.globals().get::<Value>("y").expect("a global").is_nil());
}

#[test]
fn wrapped_functions_take_any_number_of_arguments() {
    let lua = Lua::new();
    let globals = lua.globals();
    globals.set("zero", Function::wrap(|| Ok(0))).expect("a global");
    globals.set("one", Function::wrap(|a: i64| Ok(a))).expect("a global");
    globals
        .set("three", Function::wrap(|a: i64, b: String, c: Option<bool>| Ok((c, b, a))))
        .expect("a global");
    exec(&lua, "assert(zero() == 0 and one(1) == 1)");
    exec(&lua, "local c, b, a = three(1, 'x') assert(c == nil and b == 'x' and a == 1)");
    let fail = Function::wrap(|| Err::<(), _>(Error::runtime("always")));
    globals.set("fail", fail).expect("a global");
    exec(&lua, "assert(not pcall(fail))");
}

#[test]
fn a_closure_that_changes_its_state_is_not_reentered() {
    let lua = Lua::new();
    let mut n = 0;
    let count = lua
        .create_function_mut(move |_, f: Option<Function>| {
            n += 1;
            f.map_or(Ok(()), |f| f.call::<()>(()))?;
            Ok(n)
        })
        .expect("a function");
    lua.globals().set("count", count).expect("a global");
    exec(
        &lua,
        "assert(count() == 1 and count() == 2)
         local ok, e = pcall(count, function() count() end)
         assert(not ok and tostring(e):find('recursively'))
         assert(count() == 4)",
    );
}
