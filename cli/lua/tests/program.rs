//! The program itself; what it does in every case is tested through the command `moonproof`.
#![forbid(unsafe_code)]

use std::io::Write;
use std::process::{Command, Stdio};

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

/// Memory that the system refuses is an error that scripts can catch, whoever asked for it.
#[test]
fn refused_memory_is_an_error() {
    let script = r#"
        local function grow(step)
            print(pcall(function()
                local kept, last = {}, nil
                while true do last = step(last) kept[#kept + 1] = last end
            end))
            collectgarbage()
        end
        grow(function() return {1, 2, 3} end)
        grow(function(last) return (last or "x") .. (last or "y") end)
        grow(function() return coroutine.create(print) end)
        grow(function(last) local upvalue = last; return function() return upvalue end end)
        grow(function() return ("x"):rep(1 << 20) .. tostring({}) end)
        print(pcall(string.rep, "x", 1 << 30))
        local parts, part = {}, ("x"):rep(1 << 24)
        for i = 1, 16 do parts[i] = part end
        print(pcall(table.concat, parts))
        for _, add in ipairs {table.insert, function(t, i) table.move({i}, 1, 1, #t + 1, t) end} do
            print(pcall(function() local t = {} while true do add(t, 1) end end))
            collectgarbage()
        end
        print(select('#', pcall(table.unpack, {}, 1, 1e7)))
    "#;
    let command = format!("ulimit -v 200000; exec {} -", env!("CARGO_BIN_EXE_lua"));
    let mut lua = Command::new("sh");
    let lua = lua.args(["-c", &command]);
    let mut lua =
        lua.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    lua.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let output = lua.wait_with_output().unwrap();
    let expected = format!("{}2\n", "false\tnot enough memory\n".repeat(9));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
}
