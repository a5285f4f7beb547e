//! Tables.

use moonproof_vm::{Lua, Result, Stress, Table, Value};

use crate::{eval, exec};

fn items(table: &Table) -> Vec<i64> {
    table.sequence_values().collect::<Result<_>>().expect("integers")
}

#[test]
fn fields_with_and_without_metamethods() {
    let lua = Lua::new();
    let table: Table = eval(
        &lua,
        "setmetatable({a = 1}, {
            __index = function(_, k) if k == 'fail' then error('no such') end return k .. '!' end,
            __newindex = function(t, k, v) rawset(t, k, v * 2) end,
            __len = function() return 77 end,
            __call = function(_, a, b) return a + b end,
            __eq = function() return true end,
        })",
    );
    assert_eq!(table.get::<i64>("a").expect("a field"), 1);
    assert_eq!(table.get::<String>("b").expect("a field"), "b!");
    assert_eq!(table.raw_get::<Value>("b").expect("a field"), Value::Nil);
    assert!(table.get::<Value>("fail").expect_err("an error").to_string().contains("no such"));
    table.set("c", 21).expect("a field");
    assert_eq!(table.get::<i64>("c").expect("a field"), 42);
    table.raw_set("d", 21).expect("a field");
    assert_eq!(table.get::<i64>("d").expect("a field"), 21);
    assert_eq!((table.len().expect("a length"), table.raw_len()), (77, 0));
    assert!(table.contains_key("x").expect("a field"));
    assert_eq!(table.call::<i64>((1, 2)).expect("a call"), 3);
    let other: Table = eval(&lua, "{}");
    assert!(table.equals(&other).expect("a comparison") && table != other);
    assert_eq!(table.metatable().expect("a metatable").raw_get::<bool>("x").ok(), Some(false));
    table.set_metatable(None).expect("no metatable");
    assert!(table.metatable().is_none());
    for key in [Value::Nil, Value::Number(f64::NAN)] {
        assert!(table.set(&key, 1).is_err() && table.raw_set(&key, 1).is_err());
        assert!(table.get::<Value>(&key).expect("nothing").is_nil());
    }
}

#[test]
fn sequences() {
    let lua = Lua::new();
    let table = lua.create_sequence_from([1, 2, 3]).expect("a table");
    table.push(4).expect("room");
    table.raw_push(5).expect("room");
    assert_eq!(items(&table), [1, 2, 3, 4, 5]);
    assert_eq!(table.pop::<i64>().expect("an item"), 5);
    assert_eq!(table.raw_pop::<i64>().expect("an item"), 4);
    table.raw_insert(1, 0).expect("room");
    table.raw_insert(5, 9).expect("room");
    assert_eq!(items(&table), [0, 1, 2, 3, 9]);
    table.raw_remove(2).expect("an item");
    assert_eq!(items(&table), [0, 2, 3, 9]);
    for bad in [0, 6, -1, i64::MAX] {
        assert!(table.raw_insert(bad, 1).is_err(), "{bad}");
    }
    for bad in [0, 5, -1, i64::MIN] {
        assert!(table.raw_remove(bad).is_err(), "{bad}");
    }
    table.set("key", true).expect("room");
    table.raw_remove("key").expect("a field");
    assert!(!table.contains_key("key").expect("a field"));
    table.clear().expect("a VM");
    assert!(table.is_empty() && table.raw_len() == 0);
    assert_eq!(table.raw_pop::<Option<i64>>().expect("nothing"), None);
    assert_eq!(table.pop::<Option<i64>>().expect("nothing"), None);
    table.push(1).expect("room");
    assert_eq!(items(&table), [1]);
}

#[test]
fn traversal() {
    let lua = Lua::new();
    for stress in Stress::ALL {
        lua.set_stress(stress);
        let table = lua.create_table_from((0..100).map(|i| (format!("k{i}"), i))).expect("a table");
        let mut seen: Vec<i64> =
            table.pairs::<String, i64>().map(|pair| pair.expect("a pair").1).collect();
        seen.sort_unstable();
        assert_eq!(seen, (0..100).collect::<Vec<_>>());
        // Removing while traversing is fine.
        table.for_each(|key: String, _: i64| table.set(key, Value::Nil)).expect("a traversal");
        assert!(table.is_empty());
        // Adding may end it, but nothing worse.
        let table = lua.create_table_from([(1, 1)]).expect("a table");
        for (n, pair) in table.pairs::<Value, Value>().enumerate() {
            if n > 1000 || pair.is_err() {
                break;
            }
            for i in 0..10 {
                table.set(format!("new {n} {i}"), i).expect("room");
            }
        }
        // A conversion that fails does not.
        let mixed: Table = eval(&lua, "{1, 'x', 3}");
        let outcomes: Vec<bool> = mixed.pairs::<i64, i64>().map(|pair| pair.is_ok()).collect();
        assert_eq!(outcomes, [true, false, true]);
    }
}

#[test]
fn capacities_are_hints() {
    let lua = Lua::new();
    lua.set_memory_limit(lua.used_memory() + (1 << 20)).expect("a VM");
    assert!(lua.create_table_with_capacity(usize::MAX, usize::MAX).is_err());
    let table = lua.create_table_with_capacity(100, 100).expect("a table");
    assert!(table.is_empty());
    assert!(lua.set_memory_limit(0).expect("a VM") > 0);
}

#[test]
fn globals_can_be_replaced() {
    let lua = Lua::new();
    let mine = lua.create_table_from([("answer", 42)]).expect("a table");
    lua.set_globals(mine.clone()).expect("a table");
    assert_eq!(lua.globals(), mine);
    assert_eq!(eval::<i64>(&lua, "answer"), 42);
    exec(&lua, "assert = nil x = 1");
    assert_eq!(mine.get::<i64>("x").expect("a field"), 1);
}
