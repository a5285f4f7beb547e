//! What must hold of a source, a chunk or a run. Every gate returns what is wrong.

use std::ffi::CString;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use moonproof_bytecode::asm::{assemble, disassemble};
use moonproof_bytecode::listing::{Detail, list};
use moonproof_bytecode::{Chunk, Proto, Strip, dump, load};
use moonproof_compiler::{compile, skip_shebang};
use moonproof_oracle::behaviour::{self, Behaviour};
use moonproof_oracle::bytes::describe_difference;
use moonproof_oracle::{Oracle, listing};
use moonproof_reference::{Compiled, Wanted};
use moonproof_verifier::{check, verify};

/// What both sides make of a source.
pub struct Compilations {
    /// The reference's dumps and listing, or its message.
    pub reference: Result<Compiled, Vec<u8>>,
    /// Our chunk, or our message.
    pub ours: Result<Chunk, Vec<u8>>,
}

impl Compilations {
    /// Compiles a file, as `luac` reads it.
    pub fn of_file(path: &Path) -> Self {
        let source = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let chunk_name = [b"@", path.as_os_str().as_bytes()].concat();
        Self {
            reference: moonproof_reference::compile_file(path, Wanted::ALL, 0),
            ours: compile(&skip_shebang(&source), &chunk_name)
                .map_err(|error| error.message().to_vec()),
        }
    }

    /// Compiles a text.
    pub fn of_text(source: &[u8], chunk_name: &str) -> Self {
        let name = CString::new(chunk_name).expect("a name without zeros");
        Self {
            reference: moonproof_reference::compile(source, &name, Wanted::ALL, 0),
            ours: compile(source, chunk_name.as_bytes()).map_err(|error| error.message().to_vec()),
        }
    }

    /// Both, if both accept.
    ///
    /// # Errors
    ///
    /// The message of the side that refuses.
    pub fn accepted(&self) -> Result<(&Compiled, &Chunk), String> {
        let told =
            |side: &str, message: &[u8]| format!("{side} refuses: {}", message.escape_ascii());
        match (&self.reference, &self.ours) {
            (Ok(reference), Ok(ours)) => Ok((reference, ours)),
            (Err(message), _) => Err(told("the reference", message)),
            (_, Err(message)) => Err(told("moonproof", message)),
        }
    }
}

/// Our dumps are the reference's, with debug information and without.
///
/// # Errors
///
/// Where they differ first.
pub fn bytes(reference: &Compiled, ours: &Chunk) -> Result<(), String> {
    plain_bytes(reference, ours)?;
    stripped_bytes(reference, ours).map_err(|difference| format!("stripped: {difference}"))
}

/// Our dump with debug information is the reference's.
///
/// # Errors
///
/// Where they differ first.
pub fn plain_bytes(reference: &Compiled, ours: &Chunk) -> Result<(), String> {
    describe_difference(&reference.plain, &dump(ours, Strip::Nothing)).map_or(Ok(()), Err)
}

/// Our dump without debug information is the reference's.
///
/// # Errors
///
/// Where they differ first.
pub fn stripped_bytes(reference: &Compiled, ours: &Chunk) -> Result<(), String> {
    describe_difference(&reference.stripped, &dump(ours, Strip::DebugInfo)).map_or(Ok(()), Err)
}

/// Our listing is the reference's but for addresses.
///
/// # Errors
///
/// A diff.
pub fn same_listing(reference: &[u8], ours: &Chunk) -> Result<(), String> {
    let mut text = Vec::new();
    list(&mut text, ours, Detail::Full).map_err(|error| error.to_string())?;
    listing::difference(reference, &text).map_or(Ok(()), Err)
}

/// Bytes that a compiler wrote are a chunk that is dumped as the same bytes, and so is its text.
///
/// # Errors
///
/// Where they differ, or why they do not load.
pub fn round_trip(bytes: &[u8]) -> Result<(), String> {
    let chunk = load(bytes).map_err(|error| error.to_string())?;
    let dumped = dump(&chunk, Strip::Nothing);
    if let Some(difference) = describe_difference(bytes, &dumped) {
        return Err(difference);
    }
    same_assembly(bytes)?;
    let again = load(&dumped).map_err(|error| error.to_string())?;
    if again == chunk { Ok(()) } else { Err("loading the dump gives another chunk".to_owned()) }
}

/// Whatever loads has a text from which the assembler makes the same bytes.
///
/// # Errors
///
/// Where they differ, or what the assembler does not understand.
pub fn same_assembly(bytes: &[u8]) -> Result<(), String> {
    let text = disassemble(bytes).map_err(|error| error.to_string())?;
    let again = assemble(&text).map_err(|error| format!("its text: {error}"))?;
    describe_difference(bytes, &again.bytes)
        .map_or(Ok(()), |difference| Err(format!("assembled from its text: {difference}")))
}

/// Bytes that a compiler wrote verify, and so does each function as a chunk of its own.
///
/// # Errors
///
/// The rejection.
pub fn verifies(bytes: &[u8]) -> Result<(), String> {
    let chunk = load(bytes).map_err(|error| error.to_string())?;
    functions_verify(&chunk.main)?;
    verify(chunk).map(drop).map_err(|rejection| rejection.to_string())
}

fn functions_verify(proto: &Proto) -> Result<(), String> {
    for nested in &proto.protos {
        let n_upvalues = u8::try_from(nested.upvalues.len()).map_err(|error| error.to_string())?;
        check(&Chunk { n_upvalues, main: nested.clone() })
            .map_err(|rejection| format!("line {}: {rejection}", nested.line_defined))?;
        functions_verify(nested)?;
    }
    Ok(())
}

/// Both sides refuse a source, with the same message. Returns it.
///
/// # Errors
///
/// Both messages, or who accepts.
pub fn same_message(both: &Compilations) -> Result<Vec<u8>, String> {
    match (&both.reference, &both.ours) {
        (Err(reference), Err(ours)) if reference == ours => Ok(ours.clone()),
        (Err(reference), Err(ours)) => Err(format!(
            "reference: {}\nmoonproof: {}",
            reference.escape_ascii(),
            ours.escape_ascii()
        )),
        (Ok(_), Ok(_)) => Err("both accept it".to_owned()),
        (Ok(_), Err(ours)) => Err(format!("only moonproof refuses: {}", ours.escape_ascii())),
        (Err(theirs), Ok(_)) => {
            Err(format!("only the reference refuses: {}", theirs.escape_ascii()))
        }
    }
}

/// A script does the same under both sides, and the same each time.
///
/// # Errors
///
/// What differs.
pub fn same_run(oracle: &Oracle, script: &Path, stdin: &[u8]) -> Result<(), String> {
    match behaviour::compare(oracle, script, stdin).map_err(|error| error.to_string())? {
        Behaviour::Same => Ok(()),
        Behaviour::Unknown(why) => Err(why.to_owned()),
        Behaviour::Different(findings) => Err(findings
            .iter()
            .map(|f| format!("{}\n{}", f.summary, f.diff.as_deref().unwrap_or_default()))
            .collect()),
    }
}
