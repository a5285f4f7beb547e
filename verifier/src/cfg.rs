//! Pass 4: jumps.
//!
//! Every jump stays in its function (S7) and does not lead to the second half of a pair (S9), and
//! the two words of a loop point at each other (S8 for generic loops, S12 for numeric ones). That
//! nothing falls through past the end needs no look here: only returns may stand last (F2), and
//! every word that skips the next one is followed by one that may not be the last. No jump goes to
//! a SELF that takes its key from a register either (T4): the word before it makes the key.
//!
//! A jump is judged by looking at the word it leads to, so that the pass needs no memory.

use alloc::format;
use alloc::string::String;
use alloc::string::ToString;

use moonproof_bytecode::{Instruction, OpCode, Proto};

use crate::diagnostic::{Gatherer, Listed, Pass, Place};
use crate::rules::Rule;
use crate::table::{Jump, row, word};

/// Where a word jumps to; outside the code it may be anything.
#[inline]
pub(crate) fn target(pc: usize, word: Instruction, jump: Jump) -> usize {
    let next = pc.wrapping_add(1);
    let bx = word.bx() as usize;
    match jump {
        Jump::None => next,
        Jump::Forward => next.wrapping_add_signed(word.sj() as isize),
        Jump::Loop => next.wrapping_sub(bx),
        Jump::Prep => next.wrapping_add(1).wrapping_add(bx),
        Jump::Tfor => next.wrapping_add(bx),
    }
}

/// Checks a jump.
#[inline]
pub(crate) fn check(
    proto: &Proto,
    pc: usize,
    (word, jump): (Instruction, Jump),
    out: &mut Gatherer,
) {
    let code = &proto.code;
    let target = target(pc, word, jump);
    let Some(&to) = code.get(target) else {
        report(proto, pc, Rule::S7, out, || {
            (format!("a target below {}", code.len()), format!("{}", target as isize))
        });
        return;
    };
    if row(to).word_class(to) & word::TARGET == 0 {
        let is_prep = to.op_bits() == OpCode::VarargPrep as u8;
        report(proto, pc, if is_prep { Rule::F4 } else { Rule::S9 }, out, || {
            ("a target that is not the second half of a pair".to_string(), at(target, to))
        });
        return;
    }
    if to.op_bits() == OpCode::SelfOp as u8 && !to.k() {
        report(proto, pc, Rule::T4, out, || {
            ("a target that does not take its key from the word before".to_string(), at(target, to))
        });
    }
    match jump {
        Jump::Tfor if !is(to, OpCode::TForCall, word) => report(proto, pc, Rule::S8, out, || {
            (format!("a target TFORCALL with A = {}", word.a()), at(target, to))
        }),
        Jump::Prep => check_loop(proto, pc, target.wrapping_sub(1), (pc, OpCode::ForLoop), out),
        Jump::Loop if word.op_bits() == OpCode::ForLoop as u8 => {
            check_loop(proto, target.wrapping_sub(1), pc, (pc, OpCode::ForPrep), out);
        }
        Jump::None | Jump::Forward | Jump::Loop | Jump::Tfor => {}
    }
}

/// Whether FORPREP at `prep` and FORLOOP at `end` belong together. `asking` says which of them is
/// looking for its counterpart, and what that should be.
#[inline]
fn check_loop(proto: &Proto, prep: usize, end: usize, asking: (usize, OpCode), out: &mut Gatherer) {
    let (pc, counterpart) = asking;
    let halves = (proto.code.get(prep).copied(), proto.code.get(end).copied());
    let fits = match halves {
        (Some(first), Some(second)) => {
            first.op_bits() == OpCode::ForPrep as u8
                && is(second, OpCode::ForLoop, first)
                && target(prep, first, Jump::Prep) == end.wrapping_add(1)
                && target(end, second, Jump::Loop) == prep.wrapping_add(1)
        }
        _ => false,
    };
    if !fits {
        let other = if pc == prep { end } else { prep };
        report(proto, pc, Rule::S12, out, || {
            let found = proto.code.get(other).map_or("none".to_string(), |&word| at(other, word));
            (format!("its {} of the same A at {}", counterpart.name(), other as isize), found)
        });
    }
}

/// Whether a word has that opcode and the A of `like`.
fn is(word: Instruction, op: OpCode, like: Instruction) -> bool {
    word.op_bits() == op as u8 && word.a() == like.a()
}

fn at(pc: usize, word: Instruction) -> String {
    format!("{} at {pc}", Listed(word))
}

#[cold]
#[inline(never)]
fn report(
    proto: &Proto,
    pc: usize,
    rule: Rule,
    out: &mut Gatherer,
    texts: impl FnOnce() -> (String, String),
) {
    let place = Place::Code(u32::try_from(pc).unwrap_or(u32::MAX));
    out.report((Pass::Cfg, rule), proto, place, texts);
}
