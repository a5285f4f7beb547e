//! Values, lists of values, and the collector's controls.

use moonproof_vm::{GcMode, LightUserData, Lua, MultiValue, Value, Variadic};

use crate::{eval, exec};

#[test]
fn types_and_texts() {
    let lua = Lua::new();
    for (source, name, text) in [
        ("nil", "nil", "nil"),
        ("true", "boolean", "true"),
        ("3", "integer", "3"),
        ("3.0", "number", "3.0"),
        ("1e100", "number", "1e+100"),
        ("'x'", "string", "x"),
        ("setmetatable({}, {__tostring = function() return 'T' end})", "table", "T"),
    ] {
        let value: Value = eval(&lua, source);
        assert_eq!(value.type_name(), name, "{source}");
        assert_eq!(value.to_string().expect("a text"), text, "{source}");
    }
    let table: Value = eval(&lua, "{}");
    assert!(table.to_string().expect("a text").starts_with("table: 0x"));
    assert!(!table.to_pointer().is_null() && Value::Nil.to_pointer().is_null());
    let bad: Value = eval(&lua, "setmetatable({}, {__tostring = function() return {} end})");
    assert!(bad.to_string().is_err());
}

#[test]
fn equality_is_raw_unless_asked_otherwise() {
    let lua = Lua::new();
    assert_eq!(Value::Integer(1), Value::Number(1.0));
    assert_ne!(Value::Integer(i64::MAX), Value::Number(i64::MAX as f64));
    assert_ne!(Value::Number(f64::NAN), Value::Number(f64::NAN));
    assert_eq!(Value::LightUserData(LightUserData(7)), Value::LightUserData(LightUserData(7)));
    let (a, b): (Value, Value) = eval(
        &lua,
        "local m = {__eq = function() return true end} return setmetatable({}, m), setmetatable({}, m)",
    );
    assert_ne!(a, b);
    assert!(a.equals(&b).expect("a comparison"));
    assert_eq!(a, a.clone());
}

#[test]
fn accessors() {
    let lua = Lua::new();
    let all: MultiValue =
        eval(&lua, "return 1, 2.5, 'x', {}, print, coroutine.create(print), true, nil");
    let got: Vec<&str> = all.iter().map(Value::type_name).collect();
    assert_eq!(
        got,
        ["integer", "number", "string", "table", "function", "thread", "boolean", "nil"]
    );
    assert_eq!(all.iter().filter(|v| v.as_number().is_some()).count(), 2);
    assert_eq!(all.iter().filter(|v| v.as_integer().is_some()).count(), 1);
    assert!(all[2].as_string().is_some_and(|s| *s == "x") && all[3].as_table().is_some());
    assert!(all[4].as_function().is_some() && all[5].as_thread().is_some());
    assert!(all[6].as_boolean() == Some(true) && all[7].is_nil() && all[0].as_userdata().is_none());
    let round: Variadic<Value> = lua.load("return ...").call(all.clone()).expect("a call");
    assert_eq!(round.to_vec(), all.into_vec());
}

#[test]
fn the_collector_obeys() {
    let lua = Lua::new();
    assert!(lua.gc_is_running());
    lua.gc_stop();
    assert!(!lua.gc_is_running());
    exec(&lua, "for i = 1, 1e5 do local t = {} end");
    let stopped = lua.used_memory();
    assert!(stopped > 4 << 20, "{stopped}");
    lua.gc_restart();
    lua.gc_collect().expect("a VM");
    assert!(lua.used_memory() < stopped / 10);
    assert_eq!(lua.gc_gen(0, 0), GcMode::Incremental);
    assert_eq!(lua.gc_inc(200, 100), GcMode::Generational);
    for _ in 0..1000 {
        if lua.gc_step().expect("a VM") {
            return;
        }
    }
    panic!("a cycle never ends");
}

#[test]
fn the_environment_is_read_once_where_it_stays() {
    let lua = Lua::new();
    let ask =
        "return {os.getenv 'PATH', tostring(os.getenv 'NO_SUCH_VARIABLE'), tostring(os.getenv '')}";
    let read: Vec<String> = lua.load(ask).eval().expect("strings");
    lua.keep_environment();
    for _ in 0..2 {
        let kept: Vec<String> = lua.load(ask).eval().expect("strings");
        assert_eq!(kept, read);
        exec(&lua, "collectgarbage()");
    }
    assert_eq!(std::env::var("PATH").ok().as_ref(), read.first());
}
