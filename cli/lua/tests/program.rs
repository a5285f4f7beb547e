//! The program itself; what it does in every case is tested through the command `moonproof`.
#![forbid(unsafe_code)]

use std::process::Command;

fn check(args: &[&str], expected: (&str, &str, i32)) {
    let output = Command::new(env!("CARGO_BIN_EXE_lua")).args(args).output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!((&*stdout, &*stderr, output.status.code().unwrap()), expected, "{args:?}");
}

#[test]
fn arguments_and_exit_codes() {
    check(&["-e", "print(_VERSION, ...)"], ("Lua 5.4\n", "", 0));
    check(&["-v"], ("Lua 5.4.9  Copyright (C) 1994-2026 Lua.org, PUC-Rio\n", "", 0));
    check(&["-e", "os.exit(7)"], ("", "", 7));
    let name = env!("CARGO_BIN_EXE_lua");
    let message = format!("{name}: cannot open no/such.lua: No such file or directory\n");
    check(&["no/such.lua"], ("", &message, 1));
}
