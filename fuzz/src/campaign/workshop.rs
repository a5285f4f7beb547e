//! Where mutants are made.

use std::sync::Arc;

use moonproof_bytecode::{Chunk, Strip, dump, load};
use moonproof_compiler::compile;

use crate::generate::program;
use crate::mutate::{DIRECTED, edit_chunk};
use crate::{Rng, seeds};

/// Longest mutant.
const MAX_LEN: usize = 12_000;
/// Accepted mutants that are kept for others to be made of.
const MAX_KEPT: usize = 2048;
/// Longest chain of edits.
const MAX_CHAIN: usize = 32;
/// Edits that are made at a time.
const MAX_EDITS: usize = 4;
/// The mutator that knows nothing of what it edits.
pub const PLAIN: &str = "plain";
/// A nested function is made the main one.
pub const NESTED: &str = "nested_made_main";

/// A program was generated and compiled, and not necessarily edited.
pub const GENERATED: &str = "generated";
/// One in so many is made of such a program.
const GENERATED_ONE_IN: usize = 16;

/// A chunk that was edited.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// The chunk.
    pub chunk: Chunk,
    /// The same as bytes.
    pub bytes: Vec<u8>,
    /// The seed it is made of.
    pub base: Arc<Chunk>,
    /// What that is called.
    pub origin: String,
    /// The edits since the last accepted one.
    pub edits: Vec<&'static str>,
    /// The edits before that.
    pub history: Vec<&'static str>,
    /// Decides how it is run.
    pub seed: u64,
}

impl Mutant {
    /// The number of edits since the seed.
    pub fn n_edits(&self) -> usize {
        self.edits.len() + self.history.len()
    }
}

/// Makes mutants, the same ones for the same seed.
#[derive(Debug)]
pub struct Workshop {
    rng: Rng,
    bases: Vec<Mutant>,
    kept: Vec<Mutant>,
}

impl Workshop {
    /// A workshop with all the seeds there are.
    ///
    /// # Panics
    ///
    /// If a seed does not load, which one that was compiled does.
    pub fn new(seed: u64) -> Self {
        let bases = seeds("campaign").into_iter().map(|seed| {
            let chunk = load(&seed.bytes).expect("a chunk that was compiled");
            Mutant { bytes: seed.bytes, ..unedited(chunk, seed.name) }
        });
        Self { rng: Rng::new(seed), bases: bases.collect(), kept: Vec::new() }
    }

    /// How many seeds there are.
    pub fn n_seeds(&self) -> usize {
        self.bases.len()
    }

    /// Another mutant. Not necessarily one that was never made before.
    pub fn mutant(&mut self) -> Mutant {
        loop {
            let rng = &mut self.rng;
            let is_generated = rng.one_in(GENERATED_ONE_IN);
            let mut mutant = if is_generated {
                generated(rng.bits())
            } else {
                let from =
                    if rng.one_in(2) && !self.kept.is_empty() { &self.kept } else { &self.bases };
                from[rng.below(from.len())].clone()
            };
            let mut n_edits = 1 + rng.below(MAX_EDITS).min(rng.below(MAX_EDITS));
            if is_generated && rng.one_in(2) {
                n_edits = 0;
            } else {
                mutant.history.append(&mut mutant.edits);
            }
            for _ in 0..n_edits {
                let name = edit(&mut mutant.chunk, rng);
                mutant.edits.extend(name);
            }
            let strip = if rng.one_in(24) { Strip::DebugInfo } else { Strip::Nothing };
            mutant.bytes = dump(&mutant.chunk, strip);
            mutant.seed = rng.bits();
            if mutant.bytes.len() > MAX_LEN || mutant.edits.is_empty() {
                continue;
            }
            if strip == Strip::DebugInfo {
                mutant.chunk = load(&mutant.bytes).expect("a chunk that was dumped");
            }
            return mutant;
        }
    }

    /// Keeps an accepted mutant for others to be made of.
    pub fn keep(&mut self, mutant: Mutant) {
        if mutant.n_edits() > MAX_CHAIN {
            return;
        }
        if self.kept.len() < MAX_KEPT {
            self.kept.push(mutant);
        } else {
            let at = self.rng.below(MAX_KEPT);
            self.kept[at] = mutant;
        }
    }
}

/// A program that nobody has edited yet.
fn generated(seed: u64) -> Mutant {
    let chunk = compile(program(seed).as_bytes(), b"=generated");
    let chunk = chunk.expect("generated programs compile");
    Mutant { edits: vec![GENERATED], ..unedited(chunk, format!("program {seed}")) }
}

/// What mutants are made of.
fn unedited(chunk: Chunk, origin: String) -> Mutant {
    Mutant {
        base: Arc::new(chunk.clone()),
        chunk,
        bytes: Vec::new(),
        origin,
        edits: Vec::new(),
        history: Vec::new(),
        seed: 0,
    }
}

/// Edits a chunk in some way, and says in which.
fn edit(chunk: &mut Chunk, rng: &mut Rng) -> Option<&'static str> {
    if rng.one_in(48) && !chunk.main.protos.is_empty() {
        let idx = rng.below(chunk.main.protos.len());
        chunk.main = chunk.main.protos.swap_remove(idx);
        chunk.n_upvalues = u8::try_from(chunk.main.upvalues.len()).ok()?;
        return Some(NESTED);
    }
    if rng.one_in(4) {
        edit_chunk(chunk, rng);
        return Some(PLAIN);
    }
    // Not every mutator finds something to do everywhere.
    (0..4).find_map(|_| {
        let mutator = *rng.pick(DIRECTED)?;
        mutator.apply(chunk, rng).map(|()| mutator.name)
    })
}
