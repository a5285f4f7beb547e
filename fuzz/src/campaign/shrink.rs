//! Makes a finding small: as few edits of its seed as will do, and then as little of everything
//! else.
//!
//! Whatever is tried has to verify and to be found wrong as the mutant was, by the same machine and
//! in the same way. How chance falls may change with each step, so that a few runs are tried.

use std::time::{Duration, Instant};

use moonproof_bytecode::{Chunk, Constant, Instruction, OpCode, Proto, Strip, dump, load};
use moonproof_hard::{Verdict, signature};

use super::Judge;
use crate::mutate::{nothing, remove};

/// Chunks that are tried.
const MAX_TRIED: usize = 4000;
/// When to end at the latest.
const MAX_TIME: Duration = Duration::from_secs(120);
/// Runs of each chunk, of different chance.
const N_RUNS: u64 = 3;

/// Runs a chunk with a seed.
pub type Run<'a> = &'a mut dyn FnMut(&[u8], u64) -> std::io::Result<Verdict>;

/// A finding, and what of it is still needed.
#[derive(Clone, Debug)]
pub struct Shrunk {
    /// The chunk.
    pub chunk: Chunk,
    /// With which it is run.
    pub seed: u64,
    /// What is said of it.
    pub report: String,
    /// Whether it could be found again at all. If not, it is as it was.
    pub is_certain: bool,
}

/// Shrinks a finding of that signature. `base` is what it was made of by edits.
///
/// # Errors
///
/// If a machine cannot be started.
pub fn shrink(
    (chunk, seed, report): (&Chunk, u64, &str),
    base: &Chunk,
    judge: Judge<'_>,
    run: Run<'_>,
) -> std::io::Result<Shrunk> {
    let best = Shrunk { chunk: chunk.clone(), seed, report: report.to_owned(), is_certain: false };
    let wanted = signature(report);
    let mut shrinker =
        Shrinker { best, wanted, judge, run, n_tried: 0, begin: Instant::now(), error: None };
    if shrinker.try_chunk(chunk.clone()) {
        shrinker.best.is_certain = true;
        shrinker.undo_edits(base);
        loop {
            let before = shrinker.best.chunk.clone();
            shrinker.simplify();
            if shrinker.best.chunk == before || shrinker.is_over() {
                break;
            }
        }
    }
    match shrinker.error {
        Some(error) => Err(error),
        None => Ok(shrinker.best),
    }
}

/// Instructions of a function and those in it.
pub fn n_instructions(proto: &Proto) -> usize {
    proto.code.len() + proto.protos.iter().map(n_instructions).sum::<usize>()
}

struct Shrinker<'a> {
    best: Shrunk,
    wanted: String,
    judge: Judge<'a>,
    run: Run<'a>,
    n_tried: usize,
    begin: Instant,
    error: Option<std::io::Error>,
}

impl Shrinker<'_> {
    fn is_over(&self) -> bool {
        self.n_tried >= MAX_TRIED || self.begin.elapsed() >= MAX_TIME || self.error.is_some()
    }

    /// Takes a chunk in place of the best one, if the finding is still there.
    fn try_chunk(&mut self, chunk: Chunk) -> bool {
        if self.is_over() {
            return false;
        }
        self.n_tried += 1;
        let bytes = dump(&chunk, Strip::Nothing);
        if !load(&bytes).is_ok_and(|chunk| (self.judge)(&chunk).is_ok()) {
            return false;
        }
        for n in 0..N_RUNS {
            // The low bits have no say in which ways are gone.
            let seed = self.best.seed ^ n;
            match (self.run)(&bytes, seed) {
                Ok(Verdict::Finding(report)) if signature(&report) == self.wanted => {
                    self.best = Shrunk { chunk, seed, report, ..self.best };
                    return true;
                }
                Ok(_) => {}
                Err(error) => self.error = Some(error),
            }
        }
        false
    }

    /// Edits a function of the best chunk, unless that changes nothing.
    fn try_edit(&mut self, path: &[usize], edit: impl FnOnce(&mut Proto)) -> bool {
        let mut chunk = self.best.chunk.clone();
        let Some(proto) = function(&mut chunk.main, path) else { return false };
        edit(proto);
        chunk.n_upvalues = u8::try_from(chunk.main.upvalues.len()).unwrap_or(u8::MAX);
        chunk != self.best.chunk && self.try_chunk(chunk)
    }

    fn function(&self, path: &[usize]) -> Option<&Proto> {
        path.iter().try_fold(&self.best.chunk.main, |proto, idx| proto.protos.get(*idx))
    }

    /// Paths of all functions, outer ones first.
    fn paths(&self) -> Vec<Vec<usize>> {
        let mut paths = vec![Vec::new()];
        let mut at = 0;
        while let Some(path) = paths.get(at).cloned() {
            let n = self.function(&path).map_or(0, |proto| proto.protos.len());
            paths.extend((0..n).map(|idx| [&path[..], &[idx]].concat()));
            at += 1;
        }
        paths
    }

    /// Undoes edits: function by function, field by field, and word by word.
    fn undo_edits(&mut self, base: &Chunk) {
        let Some(base) = origin(&self.best.chunk.main, &base.main) else { return };
        for path in self.paths() {
            let old = path.iter().try_fold(base, |proto, idx| proto.protos.get(*idx));
            let Some(old) = old else { continue };
            if self.try_edit(&path, |proto| proto.clone_from(old)) {
                continue;
            }
            let fields: [fn(&mut Proto, &Proto); 8] = [
                |new, old| new.code.clone_from(&old.code),
                |new, old| new.constants.clone_from(&old.constants),
                |new, old| new.upvalues.clone_from(&old.upvalues),
                |new, old| new.protos.clone_from(&old.protos),
                |new, old| new.max_stack = old.max_stack,
                |new, old| (new.n_params, new.is_vararg) = (old.n_params, old.is_vararg),
                |new, old| new.loc_vars.clone_from(&old.loc_vars),
                |new, old| {
                    new.line_info.clone_from(&old.line_info);
                    new.abs_line_info.clone_from(&old.abs_line_info);
                },
            ];
            for field in fields {
                self.try_edit(&path, |proto| field(proto, old));
            }
            self.undo_words(&path, &old.code);
        }
    }

    /// Undoes edits of single words, if none were inserted or removed.
    fn undo_words(&mut self, path: &[usize], old: &[Instruction]) {
        let Some(new) = self.function(path).filter(|new| new.code.len() == old.len()) else {
            return;
        };
        let differ: Vec<usize> = (0..old.len()).filter(|&pc| new.code[pc] != old[pc]).collect();
        self.in_portions(&differ, |shrinker, portion| {
            shrinker.try_edit(path, |proto| {
                for &pc in portion {
                    proto.code[pc] = old[pc];
                }
            });
        });
    }

    /// Does something with portions of a list that become smaller, down to single items.
    fn in_portions(&mut self, items: &[usize], mut act: impl FnMut(&mut Self, &[usize])) {
        let mut len = items.len();
        while len > 0 && !self.is_over() {
            for portion in items.chunks(len) {
                act(self, portion);
            }
            len /= 2;
        }
    }

    fn simplify(&mut self) {
        for path in self.paths().into_iter().rev() {
            self.simplify_debug(&path);
            self.simplify_code(&path);
            self.simplify_lists(&path);
        }
    }

    fn simplify_debug(&mut self, path: &[usize]) {
        let edits: [fn(&mut Proto); 4] = [
            |proto| {
                proto.line_info.clear();
                proto.abs_line_info.clear();
            },
            |proto| proto.loc_vars.clear(),
            |proto| proto.upvalue_names.clear(),
            |proto| {
                proto.source = None;
                (proto.line_defined, proto.last_line_defined) = (0, 0);
            },
        ];
        for edit in edits {
            self.try_edit(path, edit);
        }
    }

    /// Puts instructions that do nothing in the place of others, and takes these away.
    fn simplify_code(&mut self, path: &[usize]) {
        let Some(n) = self.function(path).map(|proto| proto.code.len()) else { return };
        let all: Vec<usize> = (0..n).collect();
        self.in_portions(&all, |shrinker, portion| {
            shrinker.try_edit(path, |proto| {
                for &pc in portion {
                    proto.code[pc] = nothing();
                }
            });
        });
        let is_nothing = |shrinker: &Self, pc: usize| {
            let word = shrinker.function(path).and_then(|proto| proto.code.get(pc).copied());
            word == Some(nothing())
        };
        // From the end, so that what is in front stays where it is.
        let all_nothing: Vec<usize> = (0..n).rev().filter(|&pc| is_nothing(self, pc)).collect();
        let is_done = self.try_edit(path, |proto| {
            for &pc in &all_nothing {
                remove(proto, pc);
            }
        });
        for pc in all_nothing.into_iter().filter(|_| !is_done) {
            self.try_edit(path, |proto| remove(proto, pc));
        }
        // What is left behind the first return is there for its own sake, or not at all.
        let Some(n) = self.function(path).map(|proto| proto.code.len()) else { return };
        for pc in (0..n.saturating_sub(1)).rev() {
            self.try_edit(path, |proto| remove(proto, pc));
        }
    }

    /// Makes nested functions, constants, upvalues and registers fewer, and what is left simple.
    fn simplify_lists(&mut self, path: &[usize]) {
        while self.try_edit(path, |proto| drop(proto.protos.pop())) {}
        while self.try_edit(path, |proto| drop(proto.constants.pop())) {}
        while self
            .try_edit(path, |proto| proto.upvalues.truncate(proto.upvalues.len().saturating_sub(1)))
        {
        }
        let Some(proto) = self.function(path) else { return };
        let (n_protos, n_constants) = (proto.protos.len(), proto.constants.len());
        for idx in 0..n_protos {
            self.try_edit(path, |proto| {
                let code = vec![Instruction::abc(OpCode::Return0, 0, 1, 0, false)];
                proto.protos[idx] = Proto { max_stack: 2, code, ..Proto::default() };
            });
        }
        for idx in 0..n_constants {
            self.try_edit(path, |proto| proto.constants[idx] = Constant::Nil);
        }
        self.try_edit(path, |proto| proto.n_params = 0);
        while self.try_edit(path, |proto| proto.max_stack /= 2) {}
        while self.try_edit(path, |proto| proto.max_stack = proto.max_stack.saturating_sub(1)) {}
    }
}

fn function<'a>(main: &'a mut Proto, path: &[usize]) -> Option<&'a mut Proto> {
    path.iter().try_fold(main, |proto, idx| proto.protos.get_mut(*idx))
}

/// Of a function and those in it, the one most like what is perhaps its edited copy: a nested one may
/// have been made the main one.
fn origin<'a>(edited: &Proto, of: &'a Proto) -> Option<&'a Proto> {
    let mut all = vec![of];
    let mut at = 0;
    while let Some(proto) = all.get(at).copied() {
        all.extend(&proto.protos);
        at += 1;
    }
    // Of equals the outer one.
    all.into_iter().rev().max_by_key(|proto| {
        let pairs = edited.code.iter().zip(&proto.code);
        pairs.filter(|(new, old)| new == old).count()
    })
}

#[cfg(test)]
mod tests {
    use moonproof_compiler::compile;
    use moonproof_hard::Answer;

    use super::*;

    const SOURCE: &[u8] = b"local t = { 1, 2, 3 }\nlocal function f(n) local s = 'x'\n\
        for i = 1, n do t[i] = i .. s; if i > 5 then goto done end end ::done:: return #t end\n\
        print(f(10), t)\nreturn function(...) return t, ... end";

    const MARK: Instruction = Instruction::asbx(OpCode::LoadI, 1, 77);

    fn has_mark(proto: &Proto) -> bool {
        proto.code.contains(&MARK) || proto.protos.iter().any(has_mark)
    }

    fn run_by(is_wrong: fn(&Proto) -> bool) -> impl FnMut(&[u8], u64) -> std::io::Result<Verdict> {
        move |bytes, _| {
            let chunk = load(bytes).map_err(|error| std::io::Error::other(error.to_string()))?;
            Ok(match is_wrong(&chunk.main) {
                true => Verdict::Finding("moonproof: X1: marked".to_owned()),
                false => Verdict::Fine(Answer::default()),
            })
        }
    }

    fn marked() -> (Chunk, Chunk) {
        let base = compile(SOURCE, b"=x").unwrap();
        let mut chunk = base.clone();
        chunk.main.protos[0].code[2] = MARK;
        chunk.main.code[1] = nothing();
        chunk.main.protos[1].constants.push(Constant::Bool(true));
        (base, chunk)
    }

    /// Nothing is left but the instruction that matters, and a last one of each function around it.
    #[test]
    fn what_does_not_matter_goes() {
        let (base, chunk) = marked();
        let finding = (&chunk, 5, "moonproof: X1: marked");
        let shrunk = shrink(finding, &base, &|_| Ok(()), &mut run_by(has_mark)).unwrap();
        assert!(shrunk.is_certain && has_mark(&shrunk.chunk.main));
        assert!(n_instructions(&shrunk.chunk.main) <= 3, "{:?}", shrunk.chunk);
        let nested = &shrunk.chunk.main.protos[0];
        let rest = (nested.constants.len(), nested.loc_vars.len(), nested.line_info.len());
        assert_eq!((rest, nested.max_stack), ((0, 0, 0), 0));
    }

    /// What the verifier rejects is not tried.
    #[test]
    fn what_is_left_is_accepted() {
        let (base, chunk) = marked();
        let judge = |chunk: &Chunk| match chunk.main.code.len() {
            5.. => Ok(()),
            _ => moonproof_verifier::check(&Chunk { n_upvalues: 9, main: Proto::default() }),
        };
        let finding = (&chunk, 5, "moonproof: X1: marked");
        let shrunk = shrink(finding, &base, &judge, &mut run_by(has_mark)).unwrap();
        assert_eq!(shrunk.chunk.main.code.len(), 5);
        assert!(shrunk.is_certain && has_mark(&shrunk.chunk.main));
    }

    #[test]
    fn what_does_not_happen_again_stays() {
        let (base, chunk) = marked();
        let finding = (&chunk, 5, "moonproof: X1: marked");
        let shrunk = shrink(finding, &base, &|_| Ok(()), &mut run_by(|_| false)).unwrap();
        assert!(!shrunk.is_certain);
        assert_eq!((shrunk.chunk, shrunk.seed), (chunk, 5));
    }
}
