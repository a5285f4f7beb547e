//! Untrusted bytecode in stock Lua: a chunk that verifies runs, a hostile one is refused before Lua
//! sees it. `cargo run` in this folder.
#![forbid(unsafe_code)]

use mlua::{Lua, LuaOptions, StdLib};
use moonproof_bytecode::asm::assemble;
use moonproof_bytecode::load;
use moonproof_verifier::verify;

/// Adds its arguments, as a compiler would have it.
const GOOD: &str = "
.vararg
    VARARGPREP 0
    VARARG R0 3
    ADD R2 R0 R1
    MMBIN R0 R1 __add
    RETURN R2 2 1
    RETURN R3 1 1
";

/// Counts in a register that no FORPREP has prepared: a table's address becomes a number.
const HOSTILE: &str = "
.stack 4
    LOADI R0 1
    NEWTABLE R1 0 0
    EXTRAARG 0
    LOADI R2 1
    LOADI R3 1
    JMP body
    FORPREP R0 out
body:
    LEN R3 R1
    FORLOOP R0 body
out:
    RETURN R1 2 0
";

/// Runs a chunk from who knows where with two arguments.
fn run(lua: &Lua, bytes: &[u8]) -> Result<i64, Box<dyn std::error::Error>> {
    let verified = verify(load(bytes)?)?;
    Ok(lua.load(verified).call((40, 2))?)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // No library with which a script could load bytecode itself.
    let lua = Lua::new_with(StdLib::STRING | StdLib::TABLE | StdLib::MATH, LuaOptions::default())?;
    for loader in ["load", "loadfile", "dofile"] {
        lua.globals().raw_remove(loader)?;
    }
    let good = assemble(GOOD)?.bytes;
    let answer = run(&lua, &good)?;
    println!("the good chunk: {answer}");
    assert_eq!(answer, 42);

    let hostile = assemble(HOSTILE)?.bytes;
    let refusal = run(&lua, &hostile).expect_err("a chunk that breaks a rule");
    println!("the hostile chunk: {refusal}");
    assert!(refusal.to_string().starts_with("T1 "));
    Ok(())
}
