//! The oracle with real children. Without a C compiler there is no reference, and each test says
//! so and passes; under CI that is a failure.
#![forbid(unsafe_code)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use moonproof_bytecode::{OpCode, chunk_id};
use moonproof_compiler::read_file;
use moonproof_oracle::Oracle;
use moonproof_oracle::check::{Options, Servers, check_file};
use moonproof_oracle::child::{End, Limits};
use moonproof_oracle::report::Checked;
use moonproof_oracle::server::{Answer, Request, Side};

fn limits() -> Limits {
    Limits { time: Duration::from_secs(5), memory: 1 << 30, output: 1 << 20 }
}

fn oracle() -> Option<Oracle> {
    match Oracle::with_command(Path::new(env!("CARGO_BIN_EXE_moonproof-child")), limits()) {
        Ok(oracle) => Some(oracle),
        Err(error) => {
            assert!(std::env::var_os("CI").is_none(), "no reference: {error}");
            eprintln!("skipped: {error}");
            None
        }
    }
}

/// A file of that content, in a folder of the test's own.
fn file(test: &str, name: &str, content: &[u8]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    path
}

#[test]
fn opcodes_are_those_of_the_reference() {
    if oracle().is_none() {
        return;
    }
    for op in OpCode::ALL {
        let theirs = moonproof_reference::opcode(op as u8).unwrap();
        let info = op.info();
        assert_eq!(theirs.name, info.name, "opcode {}", op as u8);
        assert_eq!(theirs.mode, info.modes.bits(info.format), "{}", info.name);
    }
    assert_eq!(moonproof_reference::opcode(OpCode::ALL.len() as u8), None);
}

#[test]
fn files_are_compared() {
    let Some(oracle) = oracle() else { return };
    let mut servers = Servers::new(&oracle);
    let mut check = |name: &str, content: &[u8], expected: Checked| {
        let path = file("compared", name, content);
        let report = check_file(&oracle, &mut servers, &path, &Options::default()).unwrap();
        assert_eq!(report.findings, [], "{name}");
        assert_eq!(report.checked, expected, "{name}");
    };
    check("good.lua", b"local a, b = 1, {x = 1.5}; return a + b.x", Checked::Compiled);
    check("shebang.lua", b"#!/usr/bin/lua\nprint('x')", Checked::Compiled);
    check("bom.lua", b"\xEF\xBB\xBFreturn 1", Checked::Compiled);
    check("empty.lua", b"", Checked::Compiled);
    check("bad.lua", b"local = 1", Checked::Refused);
    check("bytes.lua", b"x = \xFF", Checked::Refused);
    check("truncated.luac", b"\x1bLuaT", Checked::Refused);
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("absent.lua");
    let report = check_file(&oracle, &mut servers, &path, &Options::default()).unwrap();
    assert_eq!((report.findings, report.checked), (vec![], Checked::Refused));
}

#[test]
fn chunks_are_compared_like_sources() {
    let Some(oracle) = oracle() else { return };
    let mut servers = Servers::new(&oracle);
    let source =
        file("chunks", "a.lua", b"local x <const> = 1; return function(y) return x, y end");
    let (reference, _) = servers.compile(Request::File(&source)).unwrap();
    let Answer::Accepted(compiled, _) = reference else { panic!("{reference:?}") };
    for (name, chunk) in [("plain.luac", compiled.plain), ("stripped.luac", compiled.stripped)] {
        let path = file("chunks", name, &chunk);
        let report = check_file(&oracle, &mut servers, &path, &Options::default()).unwrap();
        assert_eq!((report.findings, report.checked), (vec![], Checked::Compiled), "{name}");
    }
}

#[test]
fn texts_are_compiled_under_any_name() {
    let Some(oracle) = oracle() else { return };
    let mut servers = Servers::new(&oracle);
    for chunk_name in [&b"=stdin"[..], b"@x.lua", b"x x", b"=with\0zero", b""] {
        let request = Request::Text { source: b"x x", chunk_name };
        let (reference, ours) = servers.compile(request).unwrap();
        assert!(matches!(reference, Answer::Refused(_)));
        assert_eq!(reference, ours);
    }
}

#[test]
fn a_dead_server_is_replaced() {
    let Some(oracle) = oracle() else { return };
    let mut server = oracle.server(Side::Reference);
    // The reference believes counts, and wants more memory for constants than there is. Whatever
    // that does to it, the next file is compiled.
    let mut chunk = read_file(&hostile_chunk()).unwrap();
    let path = file("dead", "hostile.luac", &chunk);
    let first = server.compile(Request::File(&path)).unwrap();
    assert!(!matches!(first, Answer::Accepted(..)), "{first:?}");
    chunk.truncate(3);
    let good = file("dead", "good.lua", b"return 1");
    let second = server.compile(Request::File(&good)).unwrap();
    assert!(matches!(second, Answer::Accepted(..)), "{second:?}");
}

/// A chunk with a nested function for each of its bytes, until the reference's stack is full.
fn hostile_chunk() -> PathBuf {
    use moonproof_bytecode::{Chunk, Proto, Strip, dump};
    let empty = dump(&Chunk { n_upvalues: 0, main: Proto::default() }, Strip::Nothing);
    let (header, function) = empty.split_at(32);
    // A function's first half ends with the count of nested functions, here one.
    let mut head = function[..function.len() - 5].to_vec();
    head.push(0x81);
    file("dead", "deep.luac", &[header, &head.repeat(1_000_000)].concat())
}

#[test]
fn scripts_run_under_the_reference() {
    let Some(oracle) = oracle() else { return };
    let run = |content: &str, arguments: &[&str], stdin: &str| {
        let script = file("run", "script.lua", content.as_bytes());
        let arguments: Vec<_> = arguments.iter().map(std::ffi::OsStr::new).collect();
        let outcome = oracle.run(Side::Reference, &script, &arguments, stdin.as_bytes()).unwrap();
        let stderr = String::from_utf8(outcome.stderr).unwrap();
        // Messages name the script shortened: its path is as long as that of this checkout.
        let short = chunk_id(format!("@{}", script.display()).as_bytes());
        let stderr = stderr.replace(&*String::from_utf8_lossy(&short), "SCRIPT");
        (String::from_utf8(outcome.stdout).unwrap(), stderr, outcome.end)
    };
    let fine = |stdout: &str| (stdout.to_owned(), String::new(), End::Exited(0));
    assert_eq!(run("print(...)", &["a", "b c"], ""), fine("a\tb c\n"));
    assert_eq!(run("print(arg[1], arg[-1], #arg)", &["x"], ""), fine("x\tlua\t1\n"));
    assert_eq!(run("print(io.read('a'))", &[], "some\ninput"), fine("some\ninput\n"));
    assert_eq!(run("print(io.read())", &[], ""), fine("nil\n"));
    assert_eq!(run("print(math.pow(2, 3), _VERSION)", &[], ""), fine("8.0\tLua 5.4\n"));
    assert_eq!(run("os.exit(7)", &[], ""), (String::new(), String::new(), End::Exited(7)));
    let (stdout, stderr, end) =
        run("print('before')\nlocal function f() error('no') end\nf()", &[], "");
    assert_eq!((stdout.as_str(), end), ("before\n", End::Exited(1)));
    let traceback = "lua: SCRIPT:2: no
stack traceback:
\t[C]: in function 'error'
\tSCRIPT:2: in upvalue 'f'
\tSCRIPT:3: in main chunk
\t[C]: in ?
";
    assert_eq!(stderr, traceback.replace("upvalue", "local"));
    let (_, stderr, _) = run("error({})", &[], "");
    assert!(stderr.starts_with("lua: (error object is a table value)\nstack traceback:\n"));
    let (_, stderr, _) =
        run("error(setmetatable({}, {__tostring = function() return 'E' end}))", &[], "");
    assert_eq!(stderr, "lua: E\n");
    let (_, stderr, end) = run("return return", &[], "");
    assert_eq!(stderr, "lua: SCRIPT:1: unexpected symbol near 'return'\n");
    assert_eq!(end, End::Exited(1));
}

#[test]
fn limits_hold() {
    let Some(_) = oracle() else { return };
    let exe = Path::new(env!("CARGO_BIN_EXE_moonproof-child"));
    let run_within = |limits: Limits, content: &str| {
        let script = file("limits", "script.lua", content.as_bytes());
        let oracle = Oracle::with_command(exe, limits).unwrap();
        oracle.run(Side::Reference, &script, &[], b"").unwrap()
    };
    let run =
        |content| run_within(Limits { time: Duration::from_millis(300), ..limits() }, content);
    assert_eq!(run("while true do end").end, End::TimedOut);
    assert_eq!(run("while true do print('xxxxxxxxxxxxxxxxxxxxx') end").end, End::TooMuchOutput);
    // A program left behind does not hold up the oracle, nor outlive the run.
    assert_eq!(run("os.execute('sleep 20 &')").end, End::Exited(0));
    let exhausted = run_within(
        Limits { memory: 1 << 28, ..limits() },
        "local t = {} for i = 1, 40 do t[i] = ('x'):rep(1 << 24) .. i end",
    );
    assert_eq!(exhausted.end, End::Exited(1));
    assert!(exhausted.stderr.starts_with(b"lua: not enough memory"), "{exhausted:?}");
}
