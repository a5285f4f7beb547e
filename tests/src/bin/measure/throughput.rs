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
use moonproof_verifier::{
    VerifiedChunk, certify, check, check_with_certificate, verify, verify_image,
};
use moonproof_vm::{Function, Lua};

use crate::packages::{folders, sources};

struct Source {
    name: CString,
    text: Vec<u8>,
}

/// Seconds of each kind of work.
#[derive(Clone, Copy)]
struct Total {
    compile: f64,
    dump: f64,
    load: f64,
    load_new: f64,
    verify: f64,
    function: f64,
    function_again: f64,
}

impl Total {
    const NOTHING: Self = Self::all(0.0);
    const UNKNOWN: Self = Self::all(f64::INFINITY);

    const fn all(seconds: f64) -> Self {
        Self {
            compile: seconds,
            dump: seconds,
            load: seconds,
            load_new: seconds,
            verify: seconds,
            function: seconds,
            function_again: seconds,
        }
    }

    /// Both, kind by kind.
    fn with(self, other: Self, both: fn(f64, f64) -> f64) -> Self {
        Self {
            compile: both(self.compile, other.compile),
            dump: both(self.dump, other.dump),
            load: both(self.load, other.load),
            load_new: both(self.load_new, other.load_new),
            verify: both(self.verify, other.verify),
            function: both(self.function, other.function),
            function_again: both(self.function_again, other.function_again),
        }
    }
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
    // Of each source the best round counts: what else the machine does only ever makes it worse.
    let mut best = vec![(Total::UNKNOWN, Total::UNKNOWN); all.len()];
    for _ in 0..n_rounds {
        for (source, (theirs, ours)) in all.iter().zip(&mut best) {
            *theirs = theirs.with(time_reference(source)?, f64::min);
            *ours = ours.with(time_ours(source), f64::min);
        }
    }
    let sum = |sum: Total, one: Total| sum.with(one, |a, b| a + b);
    let theirs = best.iter().map(|(theirs, _)| *theirs).fold(Total::NOTHING, sum);
    let ours = best.iter().map(|(_, ours)| *ours).fold(Total::NOTHING, sum);
    println!("{:28} {:>10} {:>10} {:>7}", "MB/s", "reference", "moonproof", "ratio");
    for (name, bytes, theirs, ours) in [
        ("compile", source_bytes, theirs.compile, ours.compile),
        ("dump", chunk_bytes, theirs.dump, ours.dump),
        ("load", chunk_bytes, theirs.load, ours.load),
        ("load and verify", chunk_bytes, theirs.load, ours.load + ours.verify),
        ("to a function", chunk_bytes, theirs.load_new, ours.function),
        ("to a function, strings known", chunk_bytes, theirs.load, ours.function_again),
    ] {
        let speed = |seconds: f64| bytes as f64 / 1e6 / seconds;
        println!("{name:28} {:10.1} {:10.1} {:7.2}", speed(theirs), speed(ours), theirs / ours);
    }
    let share = |compile: f64| 100.0 * ours.verify / compile;
    println!(
        "Verifying takes {:.1} % of the time to compile, and {:.1} % of what the reference takes for that.",
        share(ours.compile),
        share(theirs.compile)
    );
    print_certified(&all, n_rounds);
    println!("A ratio above 1 means that moonproof is faster: the best round of each file.");
    Ok(true)
}

fn dump_of(source: &Source) -> Vec<u8> {
    compile(&source.text, source.name.as_bytes())
        .map(|chunk| dump(&chunk, Strip::Nothing))
        .unwrap_or_default()
}

fn time_reference(source: &Source) -> Result<Total, String> {
    let Some(Times { compile, dump, load, load_new }) =
        moonproof_reference::time(&source.text, &source.name)
    else {
        return Err(format!("the reference refuses {}", source.name.to_string_lossy()));
    };
    Ok(Total { compile, dump, load, load_new, ..Total::NOTHING })
}

fn time_ours(source: &Source) -> Total {
    let (compile, chunk) = timed(|| compile(black_box(&source.text), source.name.as_bytes()).ok());
    let (dump, bytes) = timed(|| chunk.as_ref().map(|chunk| dump(chunk, Strip::Nothing)));
    let bytes = bytes.unwrap_or_default();
    let (load, loaded) = timed(|| load(black_box(&bytes)).ok());
    let (verify, verified) = timed(|| loaded.and_then(|chunk| verify(chunk).ok()));
    drop(verified);
    let lua = Lua::new();
    let (function, first) = timed(|| function_of(&lua, &bytes));
    let (function_again, _again) = timed(|| function_of(&lua, &bytes));
    drop(first);
    Total { compile, dump, load, load_new: 0.0, verify, function, function_again }
}

/// The seconds that it took to make something, and what was made.
fn timed<T>(make: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let made = black_box(make());
    (start.elapsed().as_secs_f64(), made)
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

/// A function of a chunk.
fn function_of(lua: &Lua, bytes: &[u8]) -> Option<Function> {
    verify_image(black_box(bytes), usize::MAX).and_then(|image| lua.load_image(image).ok())
}
