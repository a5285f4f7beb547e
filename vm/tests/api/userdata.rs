//! Userdata: methods, fields, borrows, and what is kept beside the VM.

use std::cell::Cell;

use moonproof_vm::{
    AnyUserData, Error, Function, Lua, MetaMethod, MultiValue, Result, Stress, UserData,
    UserDataFields, UserDataMethods, UserDataRef, UserDataRefMut, Value,
};

use crate::{exec, failure};

/// `Send`, but not `Sync`.
struct Counter {
    n: i64,
    reads: Cell<u32>,
}

impl UserData for Counter {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        fields.add_field("KIND", "counter");
        fields.add_field_method_get("n", |_, this| {
            this.reads.set(this.reads.get() + 1);
            Ok(this.n)
        });
        fields.add_field_method_set("n", |_, this, n| {
            this.n = n;
            Ok(())
        });
        fields.add_field_function_get("self", |_, this| Ok(this));
        fields.add_field_function_set("note", |_, this, note: String| this.set_user_value(note));
        fields.add_field_function_get("note", |_, this| this.user_value::<Option<String>>());
        fields.add_meta_field("__extra", 5);
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_method("get", |_, this, ()| Ok(this.n));
        methods.add_method_mut("add", |_, this, n: i64| {
            this.n += n;
            Ok(this.n)
        });
        methods.add_method("with", |_, this, f: Function| f.call::<MultiValue>(this.n));
        methods.add_method_mut("with_mut", |_, this, f: Function| f.call::<MultiValue>(this.n));
        methods.add_function("new", |_, n: i64| Ok(Self { n, reads: Cell::new(0) }));
        methods.add_method("sum", |_, this, other: UserDataRef<Self>| Ok(this.n + other.n));
        methods.add_method("take_from", |_, this, mut other: UserDataRefMut<Self>| {
            other.n -= this.n;
            Ok(other.n)
        });
        methods.add_meta_method(MetaMethod::Add, |_, this, n: i64| {
            Ok(Self { n: this.n + n, reads: Cell::new(0) })
        });
        methods.add_meta_function(
            MetaMethod::Eq,
            |_, (a, b): (UserDataRef<Self>, UserDataRef<Self>)| Ok(a.n == b.n),
        );
        methods.add_meta_method(MetaMethod::Call, |_, this, k: i64| Ok(this.n * k));
        methods.add_meta_method(MetaMethod::ToString, |_, this, ()| Ok(format!("<{}>", this.n)));
        methods.add_meta_method(MetaMethod::Index, |_, this, key: String| {
            Ok(format!("{key}{}", this.n))
        });
        methods.add_meta_method_mut(MetaMethod::NewIndex, |_, this, (_, v): (Value, i64)| {
            this.n = -v;
            Ok(())
        });
        methods.add_meta_method_mut(MetaMethod::Close, |_, this, _: Value| {
            this.n = 0;
            Ok(())
        });
    }
}

fn counter(lua: &Lua, n: i64) -> AnyUserData {
    lua.create_userdata(Counter { n, reads: Cell::new(0) }).expect("a userdata")
}

#[test]
fn methods_fields_and_operators() {
    for stress in Stress::ALL {
        let lua = Lua::new();
        lua.set_stress(stress);
        let c = counter(&lua, 5);
        lua.globals().set("c", &c).expect("a global");
        for check in [
            "c:get() == 5 and c:add(2) == 7 and c.n == 7",
            "c.KIND == 'counter' and c.self == c",
            "c.note == nil",
            "(c + 3).n == 10 and (c + 3) == (c + 3) and c ~= c + 1",
            "c(10) == 70 and tostring(c) == '<7>' and c.other == 'other7'",
            "c:sum(c) == 14 and c:sum(c.new(1)) == 8",
            "select('#', c:with(function(n) return n, c:get() end)) == 2",
            "getmetatable(c) == false and not pcall(setmetatable, c, {})",
            "type(c) == 'userdata'",
        ] {
            exec(&lua, &format!("assert({check})"));
        }
        exec(
            &lua,
            "c.n = 9 c.note = 'hi' assert(c.n == 9 and c.note == 'hi') c.unknown = 4 assert(c.n == -4)",
        );
        exec(&lua, "do local x <close> = c end assert(c.n == 0)");
        assert_eq!(c.borrow::<Counter>().expect("a borrow").reads.get(), 4);
        assert_eq!(c.get::<i64>("n").expect("a field"), 0);
        c.set("n", 3).expect("a field");
        assert_eq!(c.call_method::<i64>("add", 1).expect("a call"), 4);
        assert_eq!(c.call::<i64>(2).expect("a call"), 8);
        assert!(c.equals(&counter(&lua, 4)).expect("a comparison"));
        assert_eq!(c.metatable().and_then(|m| m.raw_get::<i64>("__extra").ok()), Some(5));
        assert!(c.type_name().is_some_and(|name| name.ends_with("Counter")));
    }
}

#[test]
fn borrows_are_checked() {
    let lua = Lua::new();
    let c = counter(&lua, 1);
    lua.globals().set("c", &c).expect("a global");
    // Reading while reading is fine, changing is not.
    exec(&lua, "c:with(function() assert(c:get() == 1) end)");
    for (source, expected) in [
        (
            "c:with(function() c:add(1) end)",
            "bad argument 'self' to 'Counter.add': userdata is already borrowed",
        ),
        (
            "c:with_mut(function() c:get() end)",
            "bad argument 'self' to 'Counter.get': userdata is already mutably borrowed",
        ),
        (
            "c:with_mut(function() c.n = 1 end)",
            "bad argument 'self' to 'Counter.n': userdata is already borrowed",
        ),
        ("c:take_from(c)", "bad argument #2 to 'Counter.take_from': userdata is already borrowed"),
        (
            "c.get(5)",
            "bad argument 'self' to 'Counter.get': cannot convert Lua integer to userdata",
        ),
        (
            "c.get()",
            "bad argument 'self' to 'Counter.get': cannot convert Lua no value to userdata",
        ),
        (
            "c:add('x')",
            "bad argument #2 to 'Counter.add': cannot convert Lua string to i64 (expected number or string coercible to number)",
        ),
        (
            "c.get(io.stdout)",
            "bad argument 'self' to 'Counter.get': userdata is not of the expected type",
        ),
    ] {
        assert_eq!(failure(&lua, source), expected, "{source}");
    }
    let shared = c.borrow::<Counter>().expect("free");
    assert!(matches!(c.borrow_mut::<Counter>(), Err(Error::UserDataBorrowMutError)));
    assert!(matches!(c.take::<Counter>(), Err(Error::UserDataBorrowMutError)));
    assert!(c.destroy().is_err());
    let other = c.clone();
    let elsewhere = std::thread::spawn(move || other.borrow::<Counter>().is_err()).join();
    assert_eq!(elsewhere.ok(), Some(true), "not from another thread");
    drop(shared);
    c.borrow_mut::<Counter>().expect("free").n = 8;
    assert!(matches!(c.borrow::<String>(), Err(Error::UserDataTypeMismatch)));
    assert!(c.is::<Counter>() && !c.is::<String>());
    assert_eq!(c.take::<Counter>().expect("free").n, 8);
    assert!(matches!(c.borrow::<Counter>(), Err(Error::UserDataDestructed)));
    assert!(matches!(c.destroy(), Err(Error::UserDataDestructed)));
    assert!(failure(&lua, "c:get()").contains("userdata has been destroyed"));
}

#[test]
fn plain_and_restricted_types() {
    struct Plain;
    impl UserData for Plain {}
    struct Bad;
    impl UserData for Bad {
        fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
            methods.add_meta_method("__gc", |_, _, ()| Ok(()));
        }
    }
    let lua = Lua::new();
    lua.globals().set("plain", Plain).expect("a userdata");
    exec(&lua, "assert(plain.x == nil and tostring(plain):find('^Plain: '))");
    assert!(failure(&lua, "plain.x = 1").contains("attempt to index a Plain value"));
    assert!(matches!(lua.create_userdata(Bad), Err(Error::MetaMethodRestricted(_))));
    // A type that only this VM knows of.
    lua.register_userdata_type::<Vec<u8>>(|registry| {
        registry.add_method("len", |_, this, ()| Ok(this.len()));
    })
    .expect("a type");
    let bytes = lua.create_any_userdata(vec![1_u8, 2]).expect("a userdata");
    assert_eq!(bytes.call_method::<usize>("len", ()).expect("a call"), 2);
    let opaque = lua.create_any_userdata(1.5_f32).expect("a userdata");
    assert!(opaque.get::<Value>("x").is_err() && opaque.metatable().is_none());
}

#[test]
fn user_values_are_kept() {
    let lua = Lua::new();
    lua.set_stress(Stress::Collections);
    let userdata = lua.create_any_userdata(()).expect("a userdata");
    userdata.set_user_value(lua.create_table_from([(1, "x")]).expect("a table")).expect("room");
    userdata.set_nth_user_value(300, &userdata).expect("room");
    lua.gc_collect().expect("a VM");
    assert_eq!(userdata.user_value::<Vec<String>>().expect("a table"), ["x"]);
    assert_eq!(userdata.nth_user_value::<AnyUserData>(300).expect("itself"), userdata);
    assert!(userdata.nth_user_value::<Value>(7).expect("nothing").is_nil());
    for n in [0, 65_536, usize::MAX] {
        assert!(userdata.set_nth_user_value(n, 1).is_err());
        assert!(userdata.nth_user_value::<Value>(n).expect("nothing").is_nil());
    }
}

#[test]
fn registry_and_app_data() -> Result<()> {
    let lua = Lua::new();
    let key = lua.create_registry_value(lua.create_table_from([("k", 1)])?)?;
    let mut other = key.clone();
    lua.gc_collect()?;
    assert_eq!(lua.registry_value::<moonproof_vm::Table>(&key)?.get::<i64>("k")?, 1);
    lua.replace_registry_value(&mut other, "replaced")?;
    assert_eq!(lua.registry_value::<String>(&other)?, "replaced");
    assert!(lua.registry_value::<moonproof_vm::Table>(&key).is_ok() && key != other);
    lua.remove_registry_value(key)?;
    lua.expire_registry_values();
    lua.set_named_registry_value("mine", 5)?;
    assert_eq!(lua.named_registry_value::<i64>("mine")?, 5);
    lua.unset_named_registry_value("mine")?;
    assert_eq!(lua.named_registry_value::<Option<i64>>("mine")?, None);

    assert_eq!(lua.set_app_data(String::from("one")), None);
    assert_eq!(lua.set_app_data(String::from("two")), Some("one".into()));
    if let Some(mut text) = lua.app_data_mut::<String>() {
        text.push('!');
        assert!(
            lua.app_data_ref::<String>().is_none() && lua.remove_app_data::<String>().is_none()
        );
    }
    assert_eq!(lua.app_data_ref::<String>().map(|text| text.len()), Some(4));
    assert!(lua.app_data_ref::<u8>().is_none());
    let f =
        lua.create_function(|lua, ()| Ok(lua.app_data_ref::<String>().map(|text| text.clone())))?;
    assert_eq!(f.call::<Option<String>>(())?, Some("two!".into()));
    assert_eq!(lua.remove_app_data::<String>(), Some("two!".into()));
    assert!(lua.app_data_ref::<String>().is_none());
    Ok(())
}

#[test]
fn roots_do_not_pile_up() {
    let lua = Lua::new();
    let table = lua.create_table().expect("a table");
    exec(&lua, "collectgarbage()");
    let before = lua.used_memory();
    for i in 0..300_000_i64 {
        table.set("key", i).expect("room");
        lua.create_table().expect("a table");
        eval_one(&table);
    }
    assert!(lua.used_memory() < before + (1 << 20), "{} after {before}", lua.used_memory());
}

fn eval_one(table: &moonproof_vm::Table) {
    assert!(table.get::<i64>("key").is_ok());
}
