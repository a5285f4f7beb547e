//! What is written down of a finding: the chunk, made small, as bytes and as text, and a report.

use std::fs;
use std::io;
use std::path::Path;

use moonproof_bytecode::asm::disassemble;
use moonproof_bytecode::{Strip, dump};

use super::Judge;
use super::machines::{Machine, Machines};
use super::shrink::{Run, Shrunk, n_instructions, shrink};
use super::workshop::Mutant;

/// A complaint about a mutant.
pub(super) struct Finding<'a> {
    pub(super) mutant: &'a Mutant,
    pub(super) machine: Machine,
    /// Machine and signature.
    pub(super) what: String,
    pub(super) report: &'a str,
}

impl Finding<'_> {
    /// Makes the mutant small and writes down what is known of it, in files with the finding's
    /// name: `.luac`, `.luasm`, `.txt`, and the mutant as it was, `.whole.luac`.
    pub(super) fn write(
        &self,
        folder: &Path,
        judge: Judge<'_>,
        machines: &mut Machines,
    ) -> io::Result<()> {
        let Self { mutant, machine, report, .. } = self;
        let run: Run<'_> = &mut |bytes, seed| machines.run_one(*machine, bytes, seed);
        let shrunk = shrink((&mutant.chunk, mutant.seed, report), &mutant.base, judge, run)?;
        let name = self.name();
        fs::create_dir_all(folder)?;
        let write =
            |ending: &str, bytes: &[u8]| fs::write(folder.join(format!("{name}.{ending}")), bytes);
        let bytes = dump(&shrunk.chunk, Strip::Nothing);
        write("whole.luac", &mutant.bytes)?;
        write("luac", &bytes)?;
        let text = disassemble(&bytes).map_err(|error| io::Error::other(error.to_string()))?;
        write("luasm", text.as_bytes())?;
        write("txt", self.text(&name, &shrunk).as_bytes())
    }

    fn name(&self) -> String {
        let words = self.what.split(&[':', ' '][..]).filter(|word| !word.is_empty()).take(3);
        let words: Vec<&str> = words.collect();
        format!("{}-{:016x}", words.join("-").replace('/', "_"), self.mutant.seed)
    }

    fn text(&self, name: &str, shrunk: &Shrunk) -> String {
        let Self { mutant, what, .. } = self;
        let size = if shrunk.is_certain {
            let (before, after) =
                (n_instructions(&mutant.chunk.main), n_instructions(&shrunk.chunk.main));
            format!("{before} instructions, of which {after} are left")
        } else {
            "it did not happen again, so that it is as it was".to_owned()
        };
        format!(
            "{what}\n\nReplay: campaign replay {name}.luac --run-seed {}\nSize: {size}\n\
             Seed chunk: {}\nEarlier edits: {}\nLast edits: {}\n\n{}\n",
            shrunk.seed,
            mutant.origin,
            mutant.history.join(" "),
            mutant.edits.join(" "),
            shrunk.report,
        )
    }
}
