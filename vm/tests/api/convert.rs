//! Conversions, both ways.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::ffi::{CString, OsString};
use std::path::PathBuf;

use moonproof_vm::{Bytes, FromLua, IntoLua, Lua, Value};

use crate::{eval, exec};

/// A Rust value becomes what a Lua expression says, and comes back as the same.
fn round_trip<T>(lua: &Lua, value: T, check: &str)
where
    T: IntoLua + FromLua + Clone + PartialEq + std::fmt::Debug,
{
    lua.globals().set("x", value.clone()).expect("a conversion");
    exec(lua, &format!("local x = x assert({check}, tostring(x))"));
    assert_eq!(lua.globals().get::<T>("x").expect("a conversion"), value);
}

#[test]
fn values_survive() {
    let lua = Lua::new();
    round_trip(&lua, true, "x == true");
    round_trip(&lua, 255_u8, "math.type(x) == 'integer' and x == 255");
    round_trip(&lua, i64::MIN, "x == math.mininteger");
    round_trip(&lua, i128::from(i64::MAX), "x == math.maxinteger");
    round_trip(&lua, u64::MAX / 2 + 1, "math.type(x) == 'float' and x == 2^63");
    round_trip(&lua, 1_u128 << 100, "x == 2^100");
    round_trip(&lua, 1.5_f64, "x == 1.5");
    round_trip(&lua, -0.25_f32, "x == -0.25");
    round_trip(&lua, String::from("text"), "x == 'text'");
    round_trip(&lua, Bytes(vec![0, 255]), r"x == '\0\xff'");
    round_trip(&lua, 'é', r"x == '\u{e9}'");
    round_trip(&lua, Box::<str>::from("boxed"), "x == 'boxed'");
    round_trip(&lua, CString::from(c"c"), "x == 'c'");
    round_trip(&lua, OsString::from("os"), "x == 'os'");
    round_trip(&lua, PathBuf::from("/a/b"), "x == '/a/b'");
    round_trip(&lua, Some(5), "x == 5");
    round_trip(&lua, None::<String>, "x == nil");
    round_trip(&lua, vec![1, 2, 3], "#x == 3 and x[3] == 3");
    round_trip(&lua, VecDeque::from([1.5]), "x[1] == 1.5");
    round_trip(&lua, [7_i8, 8], "x[1] == 7 and x[2] == 8");
    round_trip(&lua, vec![vec![String::from("deep")]], "x[1][1] == 'deep'");
    round_trip(&lua, HashMap::from([(String::from("k"), 1)]), "x.k == 1");
    round_trip(&lua, BTreeMap::from([(1, true), (3, false)]), "x[1] == true and x[3] == false");
    round_trip(&lua, HashSet::from([4]), "x[4] == true");
    round_trip(&lua, BTreeSet::from([String::from("m")]), "x.m == true");
}

/// What a Lua expression is as a Rust type: its text, or why there is none.
fn convert<T: FromLua + std::fmt::Debug>(lua: &Lua, source: &str) -> String {
    let value: Value = eval(lua, source);
    match T::from_lua(value, lua) {
        Ok(value) => format!("{value:?}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn numbers_convert_as_in_lua() {
    let lua = Lua::new();
    for (source, expected) in [
        ("3", "3"),
        ("3.0", "3"),
        ("'0x10'", "16"),
        ("' 7 '", "7"),
        ("3.5", "cannot convert Lua number to i32 (number has no integer representation)"),
        ("'3.5'", "cannot convert Lua string to i32 (number has no integer representation)"),
        ("1 << 40", "cannot convert Lua integer to i32 (out of range)"),
        ("1e300", "cannot convert Lua number to i32 (out of range)"),
        ("0/0", "cannot convert Lua number to i32 (number has no integer representation)"),
        ("-math.huge", "cannot convert Lua number to i32 (out of range)"),
        (
            "true",
            "cannot convert Lua boolean to i32 (expected number or string coercible to number)",
        ),
        ("'x'", "cannot convert Lua string to i32 (expected number or string coercible to number)"),
    ] {
        assert_eq!(convert::<i32>(&lua, source), expected, "{source}");
    }
    assert_eq!(convert::<u64>(&lua, "-1"), "cannot convert Lua integer to u64 (out of range)");
    assert_eq!(convert::<u64>(&lua, "2^63"), "9223372036854775808");
    assert_eq!(convert::<u64>(&lua, "2^64"), "cannot convert Lua number to u64 (out of range)");
    assert_eq!(convert::<i64>(&lua, "2^63"), "cannot convert Lua number to i64 (out of range)");
    assert_eq!(convert::<f64>(&lua, "'1e2'"), "100.0");
    assert_eq!(
        convert::<f64>(&lua, "{}"),
        "cannot convert Lua table to f64 (expected number or string coercible to number)"
    );
    assert_eq!(convert::<bool>(&lua, "0"), "true");
    assert_eq!(convert::<bool>(&lua, "nil"), "false");
}

#[test]
fn strings_and_containers_say_what_is_wrong() {
    let lua = Lua::new();
    assert_eq!(convert::<String>(&lua, "10"), "\"10\"");
    assert_eq!(convert::<String>(&lua, "1e15"), "\"1e+15\"");
    assert!(convert::<String>(&lua, r"'\xff'").contains("invalid utf-8"));
    assert_eq!(
        convert::<String>(&lua, "{}"),
        "cannot convert Lua table to String (expected string or number)"
    );
    assert_eq!(
        convert::<char>(&lua, "'ab'"),
        "cannot convert Lua string to char (expected one character)"
    );
    assert_eq!(
        convert::<CString>(&lua, r"'a\0'"),
        "cannot convert Lua string to CString (it contains a zero byte)"
    );
    assert_eq!(convert::<Vec<u8>>(&lua, "5"), "cannot convert Lua integer to Vec (expected table)");
    assert_eq!(
        convert::<Vec<u8>>(&lua, "{1, 'x'}"),
        "cannot convert Lua string to u8 (expected number or string coercible to number)"
    );
    assert_eq!(
        convert::<[u8; 2]>(&lua, "{1}"),
        "cannot convert Lua table to array (expected 2 items, got 1)"
    );
    assert_eq!(convert::<Vec<u8>>(&lua, "{1, 2, nil, 4}"), "[1, 2]");
    assert_eq!(convert::<Option<u8>>(&lua, "nil"), "None");
}

#[test]
fn tuples_fill_up_with_nil() {
    let lua = Lua::new();
    assert_eq!(eval::<(i32, Option<i32>)>(&lua, "return 1"), (1, None));
    assert_eq!(eval::<(i32, i32)>(&lua, "return 1, 2, 3"), (1, 2));
    assert_eq!(eval::<(i32, (i32, i32))>(&lua, "return 1, 2, 3"), (1, (2, 3)));
    type Twelve = (u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8);
    let twelve: Twelve = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    let same = eval::<moonproof_vm::Function>(&lua, "function(...) return ... end");
    assert_eq!(same.call::<Twelve>(twelve).expect("a call"), twelve);
    let outcome: Result<i32, &str> = Err("no");
    let f = lua.create_function(move |_, ()| Ok(outcome)).expect("a function");
    assert_eq!(f.call::<(Option<i32>, String)>(()).expect("a call"), (None, "no".into()));
}
