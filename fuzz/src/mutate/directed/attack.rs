//! Captured registers: another function gets hold of a register and writes to it at the worst
//! moment (V1 to V4).

use moonproof_bytecode::{Constant, Instruction, OpCode, Proto, UpvalDesc};

use super::code::{close_on_return, find, insert, near, new_register, pick, seam, seam_in};
use crate::Rng;

/// Registers that instructions rely on: those of calls, loops, constructors, and names of methods.
fn victims(proto: &Proto) -> Vec<u32> {
    let mut victims = Vec::new();
    for word in &proto.code {
        let a = word.a();
        match word.opcode() {
            Some(OpCode::Call | OpCode::TailCall) => victims.extend([a, a + 1, a + 2]),
            Some(OpCode::ForPrep) => victims.extend([a, a + 1, a + 2]),
            Some(OpCode::TForPrep) => victims.extend([a, a + 3, a + 4, a + 5]),
            Some(OpCode::NewTable | OpCode::SetList) => victims.extend([a, a + 1]),
            Some(OpCode::Concat) => victims.extend([a, a + 1]),
            Some(OpCode::Closure) => victims.extend([a, a + 1]),
            Some(OpCode::SelfOp) => victims.extend([a, word.c()]),
            Some(OpCode::Tbc) => victims.push(a),
            _ => {}
        }
    }
    victims
}

fn victim(proto: &Proto, rng: &mut Rng) -> Option<u8> {
    let victims = victims(proto);
    let register = match rng.pick(&victims) {
        Some(&register) if !rng.one_in(6) => register,
        _ => super::code::register(proto, rng),
    };
    u8::try_from(register).ok()
}

/// A closure captures another register than it should.
pub(super) fn captured_redirected(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let victim = victim(proto, rng)?;
    let n = proto.protos.len();
    let nested = proto.protos.get_mut(rng.below(n))?;
    let in_stack = |upvalue: &&mut UpvalDesc| upvalue.in_stack != 0;
    let mut captured: Vec<&mut UpvalDesc> = nested.upvalues.iter_mut().filter(in_stack).collect();
    let n = captured.len();
    let upvalue = captured.get_mut(rng.below(n))?;
    upvalue.idx =
        if rng.one_in(3) { u8::try_from(near(u32::from(upvalue.idx), rng)).ok()? } else { victim };
    Some(())
}

/// What was another function's variable is a register of this one.
pub(super) fn captured_added(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let victim = victim(proto, rng)?;
    let n = proto.protos.len();
    let nested = proto.protos.get_mut(rng.below(n))?;
    let n = nested.upvalues.len();
    let upvalue = nested.upvalues.get_mut(rng.below(n))?;
    (upvalue.in_stack, upvalue.idx) = (1, victim);
    if rng.one_in(2) {
        close_on_return(proto);
    }
    Some(())
}

/// `function(v) up = v end`, with `up` in that register of the function it is made in.
fn setter(register: u8) -> Proto {
    Proto {
        n_params: 1,
        max_stack: 2,
        code: vec![
            Instruction::abc(OpCode::SetUpval, 0, 0, 0, false),
            Instruction::abc(OpCode::Return0, 1, 1, 0, false),
        ],
        upvalues: vec![UpvalDesc { in_stack: 1, idx: register, kind: 0 }],
        ..Proto::default()
    }
}

/// Inserts code that makes a function which sets the register, and hands it to whoever looks after
/// globals.
fn plant(proto: &mut Proto, rng: &mut Rng, at: usize, victim: u8) -> Option<()> {
    if proto.upvalues.is_empty() || proto.protos.len() > 200 || proto.constants.len() > 255 {
        return None;
    }
    let at_register = new_register(proto)?;
    let nested = u32::try_from(proto.protos.len()).ok()?;
    let name = u32::try_from(proto.constants.len()).ok()?;
    proto.protos.push(setter(victim));
    proto.constants.push(Constant::String("planted".into()));
    if !rng.one_in(4) {
        close_on_return(proto);
    }
    let words = [
        Instruction::abx(OpCode::Closure, at_register, nested),
        Instruction::abc(OpCode::SetTabUp, 0, name, at_register, false),
    ];
    insert(proto, at, &words)
}

/// A setter of a register that matters is given away, anywhere.
pub(super) fn plant_setter(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let at = seam(proto, rng)?;
    let victim = victim(proto, rng)?;
    plant(proto, rng, at, victim)
}

/// A setter of a loop's registers is given away before the loop or within it.
pub(super) fn plant_setter_before_loop(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let pc = pick(proto, rng, &[OpCode::ForPrep, OpCode::TForPrep])?;
    let a = proto.code[pc].a();
    let at = match rng.below(3) {
        0 => pc + 1,
        1 => seam_in(proto, rng, pc + 1, pc + 12)?,
        _ => seam_in(proto, rng, pc.saturating_sub(6), pc + 1)?,
    };
    let victim = u8::try_from(a + rng.below(5) as u32).ok()?;
    plant(proto, rng, at, victim)
}

/// A closure is made once more, elsewhere, in the same or another register.
pub(super) fn closure_copied(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let pc = *rng.pick(&find(proto, |op| op == OpCode::Closure))?;
    let mut word = proto.code[pc];
    if rng.one_in(2) {
        word = word.with_a(near(word.a(), rng));
    }
    let at = seam(proto, rng)?;
    insert(proto, at, &[word])
}
