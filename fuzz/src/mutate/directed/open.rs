//! Open results: a producer leaves the stack's top to the consumer right behind it (O1).

use moonproof_bytecode::{Instruction, OpCode, Proto};

use super::code::{find, insert, near, nothing, pick, register, retarget, target};
use crate::Rng;

const PRODUCERS: [OpCode; 2] = [OpCode::Call, OpCode::Vararg];
const CONSUMERS: [OpCode; 4] = [OpCode::Call, OpCode::TailCall, OpCode::Return, OpCode::SetList];

/// Producers with consumers behind them.
fn pairs(proto: &Proto) -> Vec<usize> {
    let is_pair = |pc: &usize| {
        let next = proto.code.get(pc + 1);
        proto.code[*pc].c() == 0
            && next.is_some_and(|next| {
                next.b() == 0 && next.opcode().is_some_and(|op| CONSUMERS.contains(&op))
            })
    };
    find(proto, |op| PRODUCERS.contains(&op)).into_iter().filter(is_pair).collect()
}

/// A counted consumer becomes open, or the other way around.
pub(super) fn count_flipped(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let pc = pick(proto, rng, &CONSUMERS)?;
    let word = proto.code[pc];
    let b = if word.b() == 0 { rng.below(4) as u32 } else { 0 };
    proto.code[pc] = word.with_b(b);
    Some(())
}

/// The producer's place is taken by something that leaves no top.
pub(super) fn producer_removed(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let pc = *rng.pick(&pairs(proto))?;
    let word = proto.code[pc];
    proto.code[pc] = match rng.below(3) {
        0 => nothing(),
        1 => word.with_c(1 + rng.below(3) as u32),
        _ => Instruction::abc(OpCode::LoadNil, word.a(), 0, 0, false),
    };
    Some(())
}

/// The consumer begins elsewhere: perhaps above what was produced.
pub(super) fn consumer_shifted(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let pc = *rng.pick(&pairs(proto))?;
    let at = pc + usize::from(!rng.one_in(3));
    let word = proto.code[at];
    proto.code[at] = word.with_a(near(word.a(), rng));
    Some(())
}

/// Something comes between.
pub(super) fn consumer_separated(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let pc = *rng.pick(&pairs(proto))?;
    let a = register(proto, rng);
    let word = match rng.below(4) {
        0 => nothing(),
        1 => Instruction::asbx(OpCode::LoadI, a, 1),
        2 => Instruction::abc(OpCode::GetUpval, a, 0, 0, false),
        _ => Instruction::abc(OpCode::Move, a, register(proto, rng), 0, false),
    };
    insert(proto, pc + 1, &[word])
}

/// A jump leads to a consumer.
pub(super) fn consumer_retargeted(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let consumer = *rng.pick(&pairs(proto))? + 1;
    let jumps: Vec<usize> =
        (0..proto.code.len()).filter(|&pc| target(pc, proto.code[pc]).is_some()).collect();
    match rng.pick(&jumps) {
        Some(&pc) => proto.code[pc] = retarget(pc, proto.code[pc], consumer as i64),
        None => {
            let at = super::code::seam(proto, rng)?;
            let to = consumer + usize::from(consumer >= at);
            insert(proto, at, &[nothing()])?;
            proto.code[at] = retarget(at, nothing(), to as i64);
        }
    }
    Some(())
}

/// A call or VARARG gives another number of results.
pub(super) fn result_count(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let pc = pick(proto, rng, &[OpCode::Call, OpCode::Vararg, OpCode::TForCall])?;
    let word = proto.code[pc];
    let c = if rng.one_in(2) { 0 } else { near(word.c(), rng) };
    proto.code[pc] = word.with_c(c);
    Some(())
}
