//! How fast sources compile: `throughput FILE...` prints megabytes per second, the best of several
//! rounds over all files. Files that do not compile count as well.

use std::hint::black_box;
use std::time::Instant;

use moonproof_compiler::{compile, skip_shebang};

const ROUNDS: u32 = 10;

fn main() -> std::io::Result<()> {
    let mut sources = Vec::new();
    for path in std::env::args_os().skip(1) {
        sources.push(skip_shebang(&std::fs::read(path)?).into_owned());
    }
    let size: usize = sources.iter().map(Vec::len).sum();
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for source in &sources {
            // A source that is rejected took its time too.
            let _ = black_box(compile(black_box(source), b"=source"));
        }
        best = best.min(start.elapsed().as_secs_f64());
    }
    let megabytes = size as f64 / 1e6;
    println!(
        "{} files, {megabytes:.2} MB in {:.1} ms: {:.1} MB/s",
        sources.len(),
        best * 1e3,
        megabytes / best
    );
    Ok(())
}
