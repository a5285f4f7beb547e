//! Suite `hosts`: programs in C that give chunks to the reference by way of the verifier, as
//! `capi/examples/` has them. They are compiled, linked with the library in either form, and run on
//! chunks that verify and on all of `corpus/reject/`.

use std::ffi::OsStr;
use std::fs;
use std::mem::offset_of;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use libtest_mimic::Trial;
use moonproof_bytecode::asm::assemble;
use moonproof_bytecode::{Strip, dump};
use moonproof_capi::Report;
use moonproof_compiler::compile;
use moonproof_tests::corpus::files;
use moonproof_tests::reject::EXTENSION;
use moonproof_tests::trial::with_reference;

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        with_reference("hosts::the_header_is_right", the_header_is_right),
        with_reference("hosts::checked_load", checked_load),
        with_reference("hosts::undump", undump),
    ]
}

/// Prints what it is given and what a nested function of its own returns.
const GOOD: &str = "local function f(...) return select('#', ...) end print(f(1, 2), 'fine')";

/// A folder of this suite's own.
fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hosts");
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn run(command: &mut Command) -> Result<Output, String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(output);
    }
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)))
}

/// The C compiler, told where headers are.
fn compiler() -> Result<Command, String> {
    let sources = option_env!("REFERENCE_SOURCES").ok_or("the reference was not built")?;
    let mut command = Command::new(std::env::var_os("CC").unwrap_or_else(|| "cc".into()));
    command.args(["-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-DLUA_USE_LINUX"]);
    command.arg("-I").arg(sources).args(["-I", "capi/include"]);
    Ok(command)
}

/// Builds the library in both forms, once; returns the folder that they are in.
fn library() -> Result<PathBuf, String> {
    static BUILT: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    BUILT
        .get_or_init(|| {
            let target = folder().join("target");
            run(Command::new(env!("CARGO"))
                .args(["rustc", "--quiet", "--offline", "-p", "moonproof-capi", "--lib"])
                .args(["--crate-type", "staticlib,cdylib", "--target-dir"])
                .arg(&target)
                // A shared library, and programs around it, are linked dynamically.
                .env("RUSTFLAGS", "-Ctarget-feature=-crt-static"))?;
            let folder = moonproof_tests::corpus::all_below(&target)
                .into_iter()
                .find(|path| path.ends_with("debug/libmoonproof_capi.a"))
                .and_then(|path| path.parent().map(Path::to_path_buf));
            folder.ok_or_else(|| "there is no library".to_owned())
        })
        .clone()
}

/// The reference's objects without ldo.o and programs, compiled once.
fn reference() -> Result<Vec<PathBuf>, String> {
    static BUILT: OnceLock<Result<Vec<PathBuf>, String>> = OnceLock::new();
    BUILT.get_or_init(compile_reference).clone()
}

fn compile_reference() -> Result<Vec<PathBuf>, String> {
    let sources = option_env!("REFERENCE_SOURCES").ok_or("the reference was not built")?;
    let mut names: Vec<_> = fs::read_dir(sources)
        .map_err(|error| error.to_string())?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension() == Some(OsStr::new("c")))
        .filter(|path| {
            !["lua.c", "luac.c", "onelua.c", "ltests.c"].iter().any(|n| path.ends_with(n))
        })
        .collect();
    names.sort();
    let objects = folder().join("objects");
    fs::create_dir_all(&objects).map_err(|error| error.to_string())?;
    // Objects go to the current folder.
    run(compiler()?.args(["-c", "-O0", "-w"]).args(&names).current_dir(&objects))?;
    let objects = names
        .iter()
        .filter(|path| !path.ends_with("ldo.c"))
        .map(|path| objects.join(path.with_extension("o").file_name().unwrap_or_default()));
    Ok(objects.collect())
}

/// How the library is linked.
#[derive(Clone, Copy, Debug)]
enum Link {
    Static,
    Shared,
}

/// Builds a program of an example's sources and what `ldo.c` is compiled with.
fn program(
    name: &str,
    sources: &[&str],
    ldo_flag: Option<&str>,
    link: Link,
) -> Result<PathBuf, String> {
    let objects = reference()?;
    let library = library()?;
    let ldo = folder().join(format!("{name}-ldo.o"));
    let source = Path::new(option_env!("REFERENCE_SOURCES").unwrap_or_default()).join("ldo.c");
    run(compiler()?.args(["-c", "-w"]).args(ldo_flag).arg(source).arg("-o").arg(&ldo))?;
    let program = folder().join(format!("{name}-{link:?}"));
    let mut command = compiler()?;
    command.args(sources).arg(ldo).args(objects);
    match link {
        Link::Static => command.arg(library.join("libmoonproof_capi.a")),
        Link::Shared => command
            .arg("-L")
            .arg(&library)
            .arg("-lmoonproof_capi")
            .arg(format!("-Wl,-rpath,{}", library.display())),
    };
    run(command.args(["-lm", "-ldl", "-lpthread", "-o"]).arg(&program))?;
    Ok(program)
}

/// The chunk that verifies, in a file.
fn good_chunk() -> Result<PathBuf, String> {
    let chunk = compile(GOOD.as_bytes(), b"=good").map_err(|error| error.to_string())?;
    let path = folder().join("good.luac");
    fs::write(&path, dump(&chunk, Strip::Nothing)).map_err(|error| error.to_string())?;
    Ok(path)
}

/// Chunks that do not, in files, with the rule that each breaks.
fn bad_chunks() -> Result<Vec<(String, PathBuf)>, String> {
    let mut chunks = Vec::new();
    for (i, path) in files("corpus/reject", EXTENSION).into_iter().enumerate() {
        let text = fs::read_to_string(&path).map_err(|error| error.to_string())?;
        let chunk = assemble(&text).map_err(|error| error.to_string())?.bytes;
        let binary = folder().join(format!("bad-{i}.luac"));
        fs::write(&binary, chunk).map_err(|error| error.to_string())?;
        chunks.push((path.display().to_string(), binary));
    }
    if chunks.len() > 100 { Ok(chunks) } else { Err("few bad chunks".to_owned()) }
}

/// Sizes and places in the header are those in Rust.
fn the_header_is_right() -> Result<(), String> {
    let mut asserted = vec![("sizeof(moonproof_report)".to_owned(), size_of::<Report>())];
    for (field, offset) in [
        ("rule", offset_of!(Report, rule)),
        ("function", offset_of!(Report, function)),
        ("message", offset_of!(Report, message)),
        ("findings", offset_of!(Report, findings)),
        ("offset", offset_of!(Report, offset)),
        ("line", offset_of!(Report, line)),
        ("pc", offset_of!(Report, pc)),
    ] {
        asserted.push((format!("offsetof(moonproof_report, {field})"), offset));
    }
    for (name, value) in [
        ("MOONPROOF_VERIFIED", moonproof_capi::VERIFIED),
        ("MOONPROOF_REJECTED", moonproof_capi::REJECTED),
        ("MOONPROOF_FAILED", moonproof_capi::FAILED),
    ] {
        asserted
            .push((name.to_owned(), usize::try_from(value).map_err(|error| error.to_string())?));
    }
    asserted.push(("MOONPROOF_ABI".to_owned(), moonproof_capi::ABI as usize));
    asserted.push(("MOONPROOF_NO_OFFSET".to_owned(), moonproof_capi::NO_OFFSET));
    asserted.push(("MOONPROOF_NO_PC".to_owned(), moonproof_capi::NO_PC as usize));
    let check = |asserted: &[(String, usize)]| {
        let mut source = "#include \"moonproof.h\"\n".to_owned();
        for (left, right) in asserted {
            source.push_str(&format!("_Static_assert({left} == {right}ul, \"\");\n"));
        }
        let path = folder().join("header.c");
        fs::write(&path, source).map_err(|error| error.to_string())?;
        run(compiler()?.args(["-fsyntax-only", "-pedantic"]).arg(path)).map(drop)
    };
    check(&asserted)?;
    asserted[0].1 += 1;
    check(&asserted).err().map(drop).ok_or_else(|| "any size will do".to_owned())
}

/// Chunks before `luaL_loadbufferx`.
fn checked_load() -> Result<(), String> {
    for link in [Link::Static, Link::Shared] {
        let program = program("checked_load", &["capi/examples/checked_load.c"], None, link)?;
        let ran = run(Command::new(&program).arg(good_chunk()?))?;
        assert_eq!(String::from_utf8_lossy(&ran.stdout), "2\tfine\n");
        for (text, path) in bad_chunks()? {
            let ran =
                Command::new(&program).arg(&path).output().map_err(|error| error.to_string())?;
            let message = String::from_utf8_lossy(&ran.stderr);
            if ran.status.code() != Some(1) || !message.contains(": not verified: ") {
                return Err(format!("{text}: {:?}: {message}", ran.status));
            }
        }
    }
    Ok(())
}

/// A state with all libraries whose every way of loading goes by the verifier.
const INTERPRETER: &str = r#"
#include "lauxlib.h"
#include "lualib.h"
#include <stdio.h>
int main(int argc, char **argv) {
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  if (argc != 2 || luaL_dofile(L, argv[1]) != LUA_OK) {
    fprintf(stderr, "%s\n", lua_tostring(L, -1));
    return 1;
  }
  lua_close(L);
  return 0;
}
"#;

/// A chunk is refused whichever way it comes.
const CHECK: &str = r#"
local function check(path, name)
  local _, by_name = loadfile(path)
  local _, by_call = pcall(dofile, path)
  local _, by_text = load(io.open(path, "rb"):read("a"), name)
  for _, why in ipairs{by_name, by_call, by_text} do
    assert(why:find("not verified", 1, true), name .. ": " .. why)
  end
end
"#;

/// Chunks on all the ways into `lua_load`.
fn undump() -> Result<(), String> {
    let interpreter = folder().join("interpreter.c");
    fs::write(&interpreter, INTERPRETER).map_err(|error| error.to_string())?;
    let sources = ["capi/examples/undump.c", &interpreter.to_string_lossy()];
    let flag = "-DluaU_undump=moonproof_undump";
    let program = program("undump", &sources, Some(flag), Link::Static)?;
    let mut script = format!("dofile('{}')\n", good_chunk()?.display());
    script.push_str("print(assert(load(string.dump(function(a) return a end)))(7))\n");
    script.push_str(CHECK);
    for (text, path) in bad_chunks()? {
        script.push_str(&format!("check('{}', '{text}')\n", path.display()));
    }
    script.push_str("print('all refused')\n");
    let path = folder().join("script.lua");
    fs::write(&path, script).map_err(|error| error.to_string())?;
    let ran = run(Command::new(&program).arg(&path))?;
    assert_eq!(String::from_utf8_lossy(&ran.stdout), "2\tfine\n7\nall refused\n");
    Ok(())
}
