//! Where fuzzing starts: the corpus's sources, as text or compiled, and files kept per target.

use std::fs;
use std::path::{Path, PathBuf};

use moonproof_bytecode::{Strip, dump};
use moonproof_compiler::{compile, skip_shebang};

use crate::generate::program;

/// An input to start from.
#[derive(Clone, Debug)]
pub struct Seed {
    /// File it came from, below `corpus/`, and how it was made from it.
    pub name: String,
    /// The input.
    pub bytes: Vec<u8>,
}

/// Longest source that is made a seed; libFuzzer works best on small inputs.
const MAX_SOURCE: usize = 4096;

/// Generated programs among the seeds of a campaign.
const N_GENERATED: u64 = 64;

/// The seeds of a target, in a fixed order: what `corpus/seeds/<target>/` and
/// `corpus/regressions/<target>/` hold, then, as the target wants them, the sources of
/// `corpus/codegen/` and `corpus/errors/`, or chunks made of the former, plain and stripped. Those
/// of the target "campaign" are chunks, whatever they were made from.
///
/// # Panics
///
/// If the corpus cannot be read, or has a source that must compile and does not.
pub fn seeds(target: &str) -> Vec<Seed> {
    let mut seeds = Vec::new();
    for folder in ["seeds", "regressions"] {
        for path in files(&corpus().join(folder).join(target)) {
            if path.extension().is_some_and(|ending| ending == "lua") && target == "campaign" {
                chunk_seeds(&path, &read(&path), &mut seeds);
                continue;
            }
            seeds.push(Seed { name: name(&path), bytes: read(&path) });
        }
    }
    let (wants_sources, wants_chunks) = match target {
        "compile_diff" => (true, false),
        "exec" => (true, true),
        "campaign" => {
            generated_seeds(&mut seeds);
            (false, true)
        }
        _ => (false, true),
    };
    let codegen = files(&corpus().join("codegen"));
    let errors = files(&corpus().join("errors"));
    if wants_sources {
        let small = codegen.iter().chain(&errors).map(|path| (path, read(path)));
        for (path, bytes) in small.filter(|(_, bytes)| bytes.len() <= MAX_SOURCE) {
            seeds.push(Seed { name: name(path), bytes });
        }
    }
    if wants_chunks {
        for path in &codegen {
            let source = read(path);
            if source.len() <= MAX_SOURCE {
                chunk_seeds(path, &source, &mut seeds);
            }
        }
    }
    seeds
}

/// Generated programs, compiled.
fn generated_seeds(seeds: &mut Vec<Seed>) {
    for n in 0..N_GENERATED {
        let chunk = match compile(program(n).as_bytes(), b"=generated") {
            Ok(chunk) => chunk,
            Err(error) => panic!("program {n}: {}", error.message().escape_ascii()),
        };
        seeds.push(Seed { name: format!("generated.{n}"), bytes: dump(&chunk, Strip::Nothing) });
    }
}

fn chunk_seeds(path: &Path, source: &[u8], seeds: &mut Vec<Seed>) {
    let name = name(path);
    let chunk = match compile(&skip_shebang(source), format!("@{name}").as_bytes()) {
        Ok(chunk) => chunk,
        Err(error) => panic!("{name}: {}", error.message().escape_ascii()),
    };
    for (suffix, strip) in [("luac", Strip::Nothing), ("stripped.luac", Strip::DebugInfo)] {
        seeds.push(Seed { name: format!("{name}.{suffix}"), bytes: dump(&chunk, strip) });
    }
}

/// Files of a folder in order of their names; none if there is no such folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("an entry of a folder").path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    files
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus")
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The path below `corpus/`, as a file name.
fn name(path: &Path) -> String {
    let below = path.strip_prefix(corpus()).unwrap_or(path);
    below.to_string_lossy().replace(['/', '\\'], ".")
}
