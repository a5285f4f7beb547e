//! How fast sources are compiled, dumped, loaded and verified, in megabytes per second.
//!
//! The reference is timed within its driver, so that neither side pays for a call across languages.
//! Its loader trusts what it reads, and makes a function of it at once. Ours is compared with it
//! without and with verification, and as far as a function that is ready to be called: in a new VM
//! and in a new state, and once more where the chunk's strings are known already. Making the VM or
//! the state is never part of it.

use std::ffi::CString;
use std::fs;
use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;

use moonproof_bytecode::{Strip, dump, load};
use moonproof_compiler::{compile, skip_shebang};
use moonproof_reference::Times;
use moonproof_verifier::{VerifiedChunk, certify, check, check_with_certificate, verify};
use moonproof_vm::{Function, Lua};

use crate::packages::{folders, sources};
use crate::stats::median;

struct Source {
    name: CString,
    text: Vec<u8>,
}

/// Seconds of each kind of work over all sources.
#[derive(Clone, Copy, Default)]
struct Total {
    compile: f64,
    dump: f64,
    load: f64,
    load_new: f64,
    load_and_verify: f64,
    function: f64,
    function_again: f64,
}

/// What is measured, and how often.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Files and folders; by default, Debian packages.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How often.
    #[arg(long, default_value_t = 7, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
}

/// Measures all sources, round by round, both sides taking turns file by file.
pub(crate) fn main(options: &Options) -> Result<bool, String> {
    if cfg!(debug_assertions) {
        return Err("this is not a release build".to_owned());
    }
    moonproof_reference::check()?;
    let n_rounds = options.rounds;
    let mut all = Vec::new();
    for (_, folder) in folders(&options.paths)? {
        for path in sources(&folder) {
            let bytes = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            let name = CString::new(format!("@{}", path.display())).unwrap_or_default();
            all.push(Source { name, text: skip_shebang(&bytes).into_owned() });
        }
    }
    // What does not compile has no dump.
    all.retain(|source| compile(&source.text, source.name.as_bytes()).is_ok());
    let source_bytes: usize = all.iter().map(|source| source.text.len()).sum();
    let chunk_bytes: usize = all.iter().map(|source| dump_of(source).len()).sum();
    println!(
        "{} files, {:.2} MB of source, {:.2} MB of chunks, {n_rounds} rounds",
        all.len(),
        source_bytes as f64 / 1e6,
        chunk_bytes as f64 / 1e6
    );
    let mut totals = Vec::new();
    for _ in 0..n_rounds {
        let (mut theirs, mut ours) = (Total::default(), Total::default());
        for source in &all {
            add_reference(source, &mut theirs)?;
            add_ours(source, &mut ours);
        }
        totals.push((theirs, ours));
    }
    println!("{:28} {:>10} {:>10} {:>7}", "MB/s", "reference", "moonproof", "ratio");
    type Pick = fn(&Total) -> f64;
    let rows: [(&str, usize, Pick, Pick); 6] = [
        ("compile", source_bytes, |t| t.compile, |t| t.compile),
        ("dump", chunk_bytes, |t| t.dump, |t| t.dump),
        ("load", chunk_bytes, |t| t.load, |t| t.load),
        ("load and verify", chunk_bytes, |t| t.load, |t| t.load_and_verify),
        ("to a function", chunk_bytes, |t| t.load_new, |t| t.function),
        ("to a function, strings known", chunk_bytes, |t| t.load, |t| t.function_again),
    ];
    for (name, bytes, pick_theirs, pick_ours) in rows {
        let speed = |seconds: Vec<f64>| bytes as f64 / 1e6 / median(&seconds);
        let theirs = speed(totals.iter().map(|(theirs, _)| pick_theirs(theirs)).collect());
        let ours = speed(totals.iter().map(|(_, ours)| pick_ours(ours)).collect());
        let ratios: Vec<f64> =
            totals.iter().map(|(theirs, ours)| pick_theirs(theirs) / pick_ours(ours)).collect();
        println!("{name:28} {theirs:10.1} {ours:10.1} {:7.2}", median(&ratios));
    }
    let share = |(_, ours): &(Total, Total)| (ours.load_and_verify - ours.load) / ours.compile;
    let shares: Vec<f64> = totals.iter().map(share).collect();
    println!("Verifying takes {:.1} % of the time to compile.", 100.0 * median(&shares));
    print_certified(&all, n_rounds);
    println!("A ratio above 1 means that moonproof is faster: medians over rounds.");
    Ok(true)
}

fn dump_of(source: &Source) -> Vec<u8> {
    compile(&source.text, source.name.as_bytes())
        .map(|chunk| dump(&chunk, Strip::Nothing))
        .unwrap_or_default()
}

fn add_reference(source: &Source, total: &mut Total) -> Result<(), String> {
    let Some(Times { compile, dump, load, load_new }) =
        moonproof_reference::time(&source.text, &source.name)
    else {
        return Err(format!("the reference refuses {}", source.name.to_string_lossy()));
    };
    total.compile += compile;
    total.dump += dump;
    total.load += load;
    total.load_new += load_new;
    Ok(())
}

fn add_ours(source: &Source, total: &mut Total) {
    let start = Instant::now();
    let chunk = black_box(compile(black_box(&source.text), source.name.as_bytes()));
    total.compile += start.elapsed().as_secs_f64();
    let Ok(chunk) = chunk else { return };
    let start = Instant::now();
    let bytes = black_box(dump(black_box(&chunk), Strip::Nothing));
    total.dump += start.elapsed().as_secs_f64();
    let start = Instant::now();
    let loaded = black_box(load(black_box(&bytes)));
    let load_time = start.elapsed().as_secs_f64();
    let Ok(loaded) = loaded else { return };
    let start = Instant::now();
    let verified = black_box(verify(black_box(loaded)));
    let verify_time = start.elapsed().as_secs_f64();
    total.load += load_time;
    total.load_and_verify += load_time + verify_time;
    drop(verified);
    let lua = Lua::new();
    let (first, new) = time_function(&lua, &bytes);
    let (_again, known) = time_function(&lua, &bytes);
    total.function += new;
    total.function_again += known;
    drop(first);
}

/// What certificates take and save: all chunks are verified without them, then with them, so that
/// neither comes upon the other's code.
fn print_certified(all: &[Source], n_rounds: u32) {
    let verified = all.iter().filter_map(|source| verify(load(&dump_of(source)).ok()?).ok());
    let certified: Vec<(VerifiedChunk, Vec<u8>)> =
        verified.map(|chunk| (chunk.clone(), certify(&chunk))).collect();
    let (mut plain, mut with_certificate) = (f64::MAX, f64::MAX);
    for _ in 0..n_rounds {
        let start = Instant::now();
        for (chunk, _) in &certified {
            black_box(check(black_box(chunk.chunk())).is_ok());
        }
        plain = plain.min(start.elapsed().as_secs_f64());
        let start = Instant::now();
        for (chunk, certificate) in &certified {
            black_box(check_with_certificate(black_box(chunk.chunk()), certificate).is_ok());
        }
        with_certificate = with_certificate.min(start.elapsed().as_secs_f64());
    }
    let n_bytes: usize = certified.iter().map(|(_, certificate)| certificate.len()).sum();
    println!(
        "With certificates, {n_bytes} bytes for {} chunks, it takes {:.0} % of the time.",
        certified.len(),
        100.0 * with_certificate / plain
    );
}

/// A function of a chunk, and the seconds it took to make it.
fn time_function(lua: &Lua, bytes: &[u8]) -> (Option<Function>, f64) {
    let start = Instant::now();
    let chunk = load(black_box(bytes)).ok().and_then(|chunk| verify(chunk).ok());
    let function = black_box(chunk.and_then(|chunk| lua.load_verified(chunk).ok()));
    (function, start.elapsed().as_secs_f64())
}
