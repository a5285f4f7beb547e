//! Writes the seeds of a fuzz target into a folder, for libFuzzer: `seed_corpus TARGET FOLDER`.
#![forbid(unsafe_code)]

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [target, folder] = args.as_slice() else {
        eprintln!("usage: seed_corpus TARGET FOLDER");
        return ExitCode::from(2);
    };
    let folder = Path::new(folder);
    let written = std::fs::create_dir_all(folder).and_then(|()| {
        let seeds = moonproof_fuzz::seeds(target);
        for seed in &seeds {
            std::fs::write(folder.join(&seed.name), &seed.bytes)?;
        }
        Ok(seeds.len())
    });
    match written {
        Ok(n) => {
            println!("{n} seeds of {target} in {}", folder.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("seed_corpus: {}: {error}", folder.display());
            ExitCode::from(2)
        }
    }
}
