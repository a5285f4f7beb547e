//! Strings.

use moonproof_vm::{Lua, Stress, String, Value};

use crate::eval;

#[test]
fn bytes_and_text() {
    let lua = Lua::new();
    for bytes in [&b""[..], b"short", b"with\0zero", &[0xff, 0xfe], &[b'x'; 1000]] {
        let string = lua.create_string(bytes).expect("a string");
        assert_eq!(string.as_bytes(), bytes);
        assert_eq!(string.to_str().is_ok(), std::str::from_utf8(bytes).is_ok());
        assert_eq!(string.to_string_lossy(), std::string::String::from_utf8_lossy(bytes));
        assert_eq!(string.clone(), string);
    }
    let string: String = eval(&lua, "'text'");
    assert_eq!(string, "text");
    assert_eq!(string.to_str().expect("text"), "text");
    assert_eq!(format!("{string:?} {}", string.display()), "\"text\" text");
}

#[test]
fn equality_is_by_bytes() {
    let (a, b) = (Lua::new(), Lua::new());
    let long = "long".repeat(100);
    for text in ["short", &long] {
        let (x, y) =
            (a.create_string(text).expect("a string"), a.create_string(text).expect("a string"));
        let other = b.create_string(text).expect("a string");
        assert!(x == y && x == other);
        assert_eq!(Value::String(x.clone()), Value::String(other));
        assert_ne!(x, a.create_string("else").expect("a string"));
    }
}

#[test]
fn handles_keep_strings() {
    let lua = Lua::new();
    lua.set_stress(Stress::Collections);
    let kept: Vec<String> = (0..200)
        .map(|i| lua.create_string(format!("string {i} {}", "x".repeat(i))).expect("a string"))
        .collect();
    lua.gc_collect().expect("a VM");
    for (i, string) in kept.iter().enumerate() {
        assert_eq!(*string, *format!("string {i} {}", "x".repeat(i)));
    }
}
