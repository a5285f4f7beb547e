//! SIGINT raises "interrupted!" where the script is; a second one before that ends the process.
#![forbid(unsafe_code)]

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// Runs a script that prints a line first.
fn start(script: &str) -> (Child, impl BufRead) {
    let mut lua = Command::new(env!("CARGO_BIN_EXE_lua"));
    let mut lua = lua.args(["-e", &format!("print('ready') io.stdout:flush() {script}")]);
    lua = lua.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut lua = lua.spawn().unwrap();
    let mut stdout = BufReader::new(lua.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n");
    // Until it is where it will be for good.
    thread::sleep(Duration::from_millis(200));
    (lua, stdout)
}

fn interrupt(lua: &Child) {
    kill_process(Pid::from_child(lua), Signal::INT).unwrap();
}

/// What a script prints after one signal, and what of its message is not a traceback.
fn check(script: &str, expected: (&str, &str)) {
    let (mut lua, mut stdout) = start(script);
    interrupt(&lua);
    let mut output = String::new();
    stdout.read_to_string(&mut output).unwrap();
    let mut message = String::new();
    lua.stderr.take().unwrap().read_to_string(&mut message).unwrap();
    let message = message.replace(env!("CARGO_BIN_EXE_lua"), "lua");
    let first_line = message.lines().next().unwrap_or_default();
    assert_eq!((&*output, first_line), expected, "{script}");
    assert_eq!(lua.wait().unwrap().success(), expected.1.is_empty(), "{script}");
}

#[test]
fn the_place_is_that_of_the_caller() {
    check("while true do end", ("", "lua: interrupted!"));
    let in_function = "lua: (command line):1: interrupted!";
    check("local function f(n) while n do end end f(1) print()", ("", in_function));
}

#[test]
fn a_script_is_interrupted_wherever_it_is() {
    for endless in [
        "for i = 1, math.huge do local t = {} end",
        "for i = 1.5, math.huge do end",
        "repeat local x = 1 until not x",
        "for _ in function() return 1 end do end",
        "local function f(n) return f(n) end f(1)",
        "local function fib(n) return n < 2 or fib(n - 1), fib(n - 2) end fib(99)",
        "assert(load(function() return ' ' end))",
        "coroutine.wrap(function() while true do end end)()",
        "while true do local t <close> = nil end",
        "debug.sethook(function() end, 'l') while true do end",
        "debug.sethook(function() end, 'c') while true do tostring(1) end",
    ] {
        let script = format!("print(pcall(function() {endless} end) or 'interrupted')");
        check(&script, ("interrupted\n", ""));
    }
}

#[test]
fn a_script_can_catch_it() {
    check("print(pcall(function() while true do end end))", ("false\tinterrupted!\n", ""));
    check("print(select('#', io.read(), pcall(error)))", ("", "lua: interrupted!"));
    let finally = "local x <close> = setmetatable({}, {__close = function() print('closed') end})";
    check(&format!("{finally} while true do end"), ("closed\n", "lua: interrupted!"));
}

#[test]
fn a_second_signal_ends_the_process() {
    let (mut lua, _stdout) = start("string.find(string.rep('a', 1000000), '.-.-.-b')");
    let status = loop {
        interrupt(&lua);
        if let Some(status) = lua.try_wait().unwrap() {
            break status;
        }
    };
    assert_eq!(status.signal(), Some(Signal::INT.as_raw()));
}
