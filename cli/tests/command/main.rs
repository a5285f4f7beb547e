//! The command as its users meet it: arguments in, output and exit code out.
#![forbid(unsafe_code)]

mod prompt;
mod sarif;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder of the test's own, with these files.
fn folder(test: &str, files: &[(&str, &[u8])]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for (name, content) in files {
        fs::write(folder.join(name), content).unwrap();
    }
    folder
}

struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

fn run_with_stdin(folder: &Path, args: &[&str], stdin: &[u8]) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_moonproof"))
        .args(args)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(stdin).unwrap();
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn run(folder: &Path, args: &[&str]) -> Ran {
    run_with_stdin(folder, args, b"")
}

/// Whether the reference is there; under CI it has to be.
fn has_reference(folder: &Path) -> bool {
    let ran = run_with_stdin(folder, &["check", "--no-run", "-"], b"return 1");
    let present = ran.code != 2;
    assert!(present || std::env::var_os("CI").is_none(), "no reference: {}", ran.stderr);
    if !present {
        eprintln!("skipped: {}", ran.stderr);
    }
    present
}

#[test]
fn luac_compiles_strips_and_lists() {
    let folder = folder("luac", &[("a.lua", b"local x = 1\nreturn x"), ("bad.lua", b"x =")]);
    let luac = |args: &[&str]| run(&folder, &[&["luac"], args].concat());
    assert_eq!(luac(&["a.lua"]).code, 0);
    let plain = fs::read(folder.join("luac.out")).unwrap();
    assert_eq!(luac(&["-s", "-o", "s.out", "a.lua"]).code, 0);
    assert!(fs::read(folder.join("s.out")).unwrap().len() < plain.len());
    assert_eq!(luac(&["-o", "again.out", "luac.out"]).code, 0);
    assert_eq!(fs::read(folder.join("again.out")).unwrap(), plain);
    let ran = luac(&["-l", "-p", "a.lua"]);
    let expected = "
main <a.lua:0,0> (4 instructions at 0x1000)
0+ params, 2 slots, 1 upvalue, 1 local, 0 constants, 0 functions
\t1\t[1]\tVARARGPREP\t0
\t2\t[1]\tLOADI    \t0 1
\t3\t[2]\tRETURN   \t0 2 1\t; 1 out
\t4\t[2]\tRETURN   \t1 1 1\t; 0 out
";
    assert_eq!((ran.code, ran.stdout.as_str()), (0, expected));
    assert_eq!(luac(&["-l"]).stdout, expected);
    assert!(luac(&["-l", "-l", "a.lua"]).stdout.contains("\nlocals (1) for 0x1000:\n"));
}

#[test]
fn luac_speaks_as_the_reference() {
    let folder = folder("luac-messages", &[("bad.lua", b"x ="), ("cut.luac", b"\x1bLuaT")]);
    let check = |args: &[&str], code, stderr: &str| {
        let ran = run(&folder, &[&["luac"], args].concat());
        assert_eq!(ran.code, code, "{args:?}");
        let first = ran.stderr.lines().next().unwrap_or_default();
        assert_eq!(first, stderr, "{args:?}");
    };
    check(&["bad.lua"], 1, "luac: bad.lua:1: unexpected symbol near <eof>");
    check(&["absent.lua"], 1, "luac: cannot open absent.lua: No such file or directory");
    check(&["."], 1, "luac: cannot read .: Is a directory");
    check(&["cut.luac"], 1, "luac: cut.luac: bad binary format (truncated chunk)");
    check(&["-x"], 1, "luac: unrecognized option '-x'");
    check(&["-o"], 1, "luac: '-o' needs argument");
    check(&["-o", "-x", "bad.lua"], 1, "luac: '-o' needs argument");
    check(&[], 1, "luac: no input files given");
    check(&["--"], 1, "luac: no input files given");
    check(&["-v"], 0, "");
    check(&["-v", "-v"], 0, "");
    check(&["-v", "--"], 0, "");
    let usage = run(&folder, &["luac", "-x"]).stderr;
    assert!(usage.contains("\nusage: luac [options] [filenames]\nAvailable options are:\n  -l "));
}

#[test]
fn luac_reads_standard_input_and_writes_standard_output() {
    let folder = folder("luac-pipes", &[]);
    let ran = run_with_stdin(&folder, &["luac", "-o", "-", "-"], b"return 1");
    assert_eq!(ran.code, 0);
    assert!(ran.stdout.starts_with("\x1bLuaT"));
    let ran = run_with_stdin(&folder, &["luac", "-p", "-"], b"return return");
    assert_eq!(ran.stderr, "luac: stdin:1: unexpected symbol near 'return'\n");
}

#[test]
fn luac_combines_files() {
    let files: [(&str, &[u8]); 2] = [("a.lua", b"print(1)"), ("b.lua", b"return 2")];
    let folder = folder("luac-combined", &files);
    assert_eq!(run(&folder, &["luac", "-s", "-o", "a.out", "a.lua"]).code, 0);
    let ran = run(&folder, &["luac", "-l", "-l", "a.out", "b.lua"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let headers: Vec<&str> =
        ran.stdout.lines().filter_map(|line| line.strip_prefix("main ")).collect();
    assert_eq!(headers.len(), 3);
    assert!(headers[0].starts_with("<(luac):0,0> (6 instructions"), "{headers:?}");
    assert!(headers[1].starts_with("<?:0,0> (5 instructions"), "{headers:?}");
    assert!(headers[2].starts_with("<b.lua:0,0> (4 instructions"), "{headers:?}");
    assert!(ran.stdout.contains("\t0\t_ENV\t0\t0\n"), "{}", ran.stdout);
    assert_eq!(run(&folder, &["verify", "luac.out"]).code, 0);
}

#[test]
fn lua_runs_scripts_chunks_and_statements() {
    let files: [(&str, &[u8]); 2] =
        [("a.lua", b"#!/usr/bin/lua\nprint(arg[0], #arg, ...)"), ("bad.lua", b"x =")];
    let folder = folder("lua", &files);
    let fine = |args: &[&str], stdin: &str, stdout: &str| {
        let ran = run_with_stdin(&folder, &[&["lua"], args].concat(), stdin.as_bytes());
        assert_eq!((ran.code, ran.stdout.as_str()), (0, stdout), "{args:?}: {}", ran.stderr);
    };
    fine(&["a.lua", "x", "y"], "", "a.lua\t2\tx\ty\n");
    assert_eq!(run(&folder, &["luac", "-s", "-o", "a.out", "a.lua"]).code, 0);
    fine(&["a.out", "x"], "", "a.out\t1\tx\n");
    fine(&["-", "x"], "print(...)", "x\n");
    fine(&[], "print(1)", "1\n");
    fine(&["-e", "x = 1", "-eprint(x)"], "", "1\n");
    fine(&["-e", "x = 2", "--", "a.lua"], "", "a.lua\t0\n");
    fine(&["-v"], "", "Lua 5.4.9  Copyright (C) 1994-2026 Lua.org, PUC-Rio\n");
    let wrong = |args: &[&str], stderr: &str| {
        let ran = run(&folder, &[&["lua"], args].concat());
        assert_eq!(ran.code, 1, "{args:?}");
        assert_eq!(ran.stderr.lines().next(), Some(stderr), "{args:?}");
    };
    wrong(&["bad.lua"], "lua: bad.lua:1: unexpected symbol near <eof>");
    wrong(&["absent.lua"], "lua: cannot open absent.lua: No such file or directory");
    wrong(&["-e", "x ="], "lua: (command line):1: unexpected symbol near <eof>");
    wrong(&["-e"], "lua: '-e' needs argument");
    wrong(&["-l", "-v"], "lua: '-l' needs argument");
    wrong(&["-q"], "lua: unrecognized option '-q'");
    wrong(&["--x"], "lua: unrecognized option '--x'");
}

#[test]
fn links_are_the_commands_they_are_named_after() {
    let folder = folder("links", &[("a.lua", b"return 1")]);
    let link = folder.join("luac");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_moonproof"), &link).unwrap();
    let output = Command::new(&link).arg("-v").output().unwrap();
    assert!(output.stdout.starts_with(b"Lua 5.4.9  Copyright"));
    let output = Command::new(&link).arg("-x").output().unwrap();
    let expected = format!("{}: unrecognized option '-x'\n", link.display());
    assert!(String::from_utf8(output.stderr).unwrap().starts_with(&expected));
}

#[test]
fn verify_says_what_is_wrong() {
    let folder = folder("verify", &[("a.lua", b"local t = {} return t.x"), ("no.lua", b"x =")]);
    assert_eq!(run(&folder, &["luac", "-o", "good.luac", "a.lua"]).code, 0);
    let ran = run(&folder, &["verify", "good.luac", "a.lua"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "good.luac: verified\na.lua: verified\n"));
    let mut chunk = fs::read(folder.join("good.luac")).unwrap();
    // The first instruction's opcode, behind header, source, lines, counts.
    let at = chunk.windows(4).position(|word| word == [0x51, 0, 0, 0]).unwrap();
    chunk[at] = 0x7F;
    fs::write(folder.join("bad.luac"), &chunk).unwrap();
    let ran = run(&folder, &["verify", "bad.luac"]);
    assert_eq!(ran.code, 1);
    let place = format!("--> bad.luac: main function, line 1, pc 0, byte {at}\n");
    let marked =
        "0 | OP_127 0x0000007f\n  | ^^^^^^^^^^^^^^^^^ expected an opcode of at most 82, found 127";
    for part in ["error[S1]: opcodes exist", &place, marked, "note: the reference "] {
        assert!(ran.stdout.contains(part), "{part}: {}", ran.stdout);
    }
    let json = run(&folder, &["verify", "--format", "json", "good.luac", "bad.luac"]);
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json[0]["verified"], true);
    assert_eq!(json[1]["findings"][0]["byte"], at);
    let sarif = run(&folder, &["verify", "--format", "sarif", "bad.luac"]);
    let sarif: serde_json::Value = serde_json::from_str(&sarif.stdout).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "S1");
    assert_eq!(run(&folder, &["verify", "no.lua"]).code, 1);
    assert_eq!(run(&folder, &["verify", "absent"]).code, 2);
    fs::write(folder.join("short.luac"), &chunk[..40]).unwrap();
    let ran = run(&folder, &["verify", "short.luac"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("note: truncated chunk, at byte "));
}

#[test]
fn list_explain_and_diff() {
    let files: [(&str, &[u8]); 3] = [
        ("a.lua", b"local function f() return 1 end return f"),
        ("same.lua", b"local function f() return 1 end return f"),
        ("b.lua", b"local function f() return 2 end return f"),
    ];
    let folder = folder("others", &files);
    let ran = run(&folder, &["list", "a.lua"]);
    assert_eq!(ran.code, 0);
    assert!(ran.stdout.contains("\nfunction <a.lua:1,1> (3 instructions at 0x1010)\n"));
    assert!(ran.stdout.contains("constants (0) for 0x1010:\n"));
    assert!(!run(&folder, &["list", "--code", "a.lua"]).stdout.contains("constants ("));
    let dot = run(&folder, &["list", "--cfg", "a.lua"]).stdout;
    assert!(dot.starts_with("digraph \"main\" {\n") && dot.contains("digraph \"main.0\""));
    assert_eq!(run(&folder, &["list", "absent.lua"]).code, 2);
    let ran = run(&folder, &["diff", "a.lua", "same.lua"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""));
    let ran = run(&folder, &["diff", "a.lua", "b.lua"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.starts_with("function 0 (lines 1-1)\n--- a.lua\n+++ b.lua\n"));
    assert!(ran.stdout.contains("\n-\t1\t[1]\tLOADI    \t0 1\n+\t1\t[1]\tLOADI    \t0 2\n"));
    assert!(run(&folder, &["explain"]).stdout.contains("S2    registers lie in the frame"));
    assert!(run(&folder, &["explain", "s2"]).stdout.starts_with("S2: registers lie in the frame"));
    assert_eq!(run(&folder, &["explain", "Z99"]).code, 2);
}

#[test]
fn check_compares_and_counts() {
    let files: [(&str, &[u8]); 4] = [
        ("good.lua", b"return {1, 2, 3}"),
        ("rejected.lua", b"goto nowhere"),
        ("tool", b"#!/usr/bin/env lua\nprint 'x'"),
        ("notes.txt", b"not Lua"),
    ];
    let folder = folder("check", &files);
    if !has_reference(&folder) {
        return;
    }
    let ran = run(&folder, &["check", "--no-run", "."]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "3 of 3 files identical\n"));
    assert_eq!(ran.stderr, "");
    let ran =
        run(&folder, &["check", "--no-run", "--format", "json", "--jobs", "2", "good.lua", "tool"]);
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&json["files"], &json["identical"]), (&2.into(), &2.into()));
    assert_eq!(json["reports"][0]["path"], "good.lua");
    let ran = run(&folder, &["check", "good.lua", "rejected.lua", "tool"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "3 of 3 files identical\n"));
    let ran = run(&folder, &["check", "--no-run", "--format", "junit", "good.lua"]);
    assert!(ran.stdout.contains("<testcase name=\"good.lua\""), "{}", ran.stdout);
    assert_eq!(run(&folder, &["check", "absent"]).code, 2);
    fs::create_dir_all(folder.join("empty")).unwrap();
    assert_eq!(run(&folder, &["check", "empty"]).code, 2);
}

#[test]
fn bad_usage_is_told() {
    let folder = folder("usage", &[]);
    for args in [&["check"][..], &["unknown"], &["check", "--timeout", "0", "x"], &[]] {
        let ran = run(&folder, args);
        assert_eq!(ran.code, 2, "{args:?}");
        assert!(!ran.stderr.is_empty(), "{args:?}");
    }
    let ran = run(&folder, &["--help"]);
    assert_eq!(ran.code, 0);
    for name in ["check", "lua", "luac", "verify", "explain", "list", "diff"] {
        assert!(ran.stdout.contains(&format!("\n  {name} ")), "{name}");
    }
}
