//! What compilers make must verify. `tests/compilers.sh` asks this of each release of Lua 5.4.
//!
//! - `compilers programs FOLDER N [SEED]` writes generated programs, for other compilers.
//! - `compilers verify LABEL [FOLDER]` reads chunks as `tests/compilers.c` writes them from standard
//!   input, and prints a row of a table. What is refused goes to the folder, with the reason.
//!
//! Exit status: 0 fine, 1 something was refused, 2 could not do it.
#![forbid(unsafe_code)]

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::process::ExitCode;

use moonproof_bytecode::load;
use moonproof_fuzz::campaign::ours::read_exactly;
use moonproof_fuzz::generate::program;
use moonproof_verifier::check;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let outcome =
        match words.as_slice() {
            ["programs", folder, n] => programs(Path::new(folder), n, "1"),
            ["programs", folder, n, seed] => programs(Path::new(folder), n, seed),
            ["verify", label] => verify(label, None),
            ["verify", label, folder] => verify(label, Some(Path::new(folder))),
            _ => Err("usage: compilers programs FOLDER N [SEED] | compilers verify LABEL [FOLDER]"
                .into()),
        };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("compilers: {error}");
            ExitCode::from(2)
        }
    }
}

type Outcome = Result<bool, Box<dyn std::error::Error>>;

fn programs(folder: &Path, n: &str, seed: &str) -> Outcome {
    let (n, seed): (u64, u64) = (n.parse()?, seed.parse()?);
    fs::create_dir_all(folder)?;
    for seed in seed..seed.saturating_add(n) {
        fs::write(folder.join(format!("{seed}.lua")), program(seed))?;
    }
    Ok(true)
}

/// Counts of one compiler.
#[derive(Default)]
struct Row {
    /// Different chunks.
    n_chunks: u64,
    n_instructions: u64,
    /// Sources that it did not compile.
    n_errors: u64,
    /// Refused chunks by rule.
    refused: BTreeMap<String, u64>,
    /// Sources of which a chunk was refused.
    sources: HashSet<String>,
}

fn verify(label: &str, folder: Option<&Path>) -> Outcome {
    let mut input = BufReader::new(io::stdin().lock());
    let mut seen = HashSet::new();
    let mut row = Row::default();
    while let Some((name, bytes)) = read_chunk(&mut input)? {
        if bytes.is_empty() {
            row.n_errors += 1;
        } else if seen.insert(hash(&bytes)) {
            one(&mut row, label, &name, &bytes, folder)?;
        }
    }
    let n_refused: u64 = row.refused.values().sum();
    let rules: Vec<String> = row.refused.iter().map(|(rule, n)| format!("{rule} {n}")).collect();
    println!(
        "{label:16} {:9} {:12} {:9} {n_refused:9} {:9}  {}",
        row.n_chunks,
        row.n_instructions,
        row.n_errors,
        row.sources.len(),
        rules.join(", "),
    );
    Ok(n_refused == 0)
}

fn one(
    row: &mut Row,
    label: &str,
    name: &str,
    bytes: &[u8],
    folder: Option<&Path>,
) -> io::Result<()> {
    row.n_chunks += 1;
    let (rule, reason) = match load(bytes) {
        Err(error) => ("load".to_owned(), error.to_string()),
        Ok(chunk) => {
            let mut functions = vec![&chunk.main];
            while let Some(function) = functions.pop() {
                row.n_instructions += function.code.len() as u64;
                functions.extend(&function.protos);
            }
            match check(&chunk) {
                Ok(()) => return Ok(()),
                Err(rejection) => (rejection.rule().id().to_owned(), rejection.to_string()),
            }
        }
    };
    *row.refused.entry(rule).or_default() += 1;
    row.sources.insert(name.to_owned());
    let Some(folder) = folder else { return Ok(()) };
    fs::create_dir_all(folder)?;
    let file = format!("{label}-{:016x}", hash(bytes)).replace(['/', ' '], "_");
    fs::write(folder.join(format!("{file}.luac")), bytes)?;
    fs::write(folder.join(format!("{file}.txt")), format!("{name}\n{reason}\n"))
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}

/// The name of the next chunk's source and its bytes, of which there are none if it did not compile.
fn read_chunk(input: &mut impl Read) -> io::Result<Option<(String, Vec<u8>)>> {
    let mut lens = [0; 8];
    let n = input.read(&mut lens)?;
    if n == 0 {
        return Ok(None);
    }
    input.read_exact(&mut lens[n..])?;
    let [a, b, c, d, e, f, g, h] = lens;
    let name = read_exactly(input, u32::from_ne_bytes([a, b, c, d]))?;
    let bytes = read_exactly(input, u32::from_ne_bytes([e, f, g, h]))?;
    Ok(Some((String::from_utf8_lossy(&name).into_owned(), bytes)))
}
