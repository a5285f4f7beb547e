//! Frames, registers by the dozen, and debug information.

use moonproof_bytecode::limits::ABS_LINE_MARK;
use moonproof_bytecode::opcode::{Format, Role};
use moonproof_bytecode::{AbsLine, Instruction, LocVar, OpCode, Proto};

use super::code::{insert, near, seam};
use crate::Rng;

/// The greatest int that the format can express.
const MAX_INT: u32 = i32::MAX as u32 - 128;

fn is_register(role: Role, word: Instruction) -> bool {
    match role {
        Role::Out | Role::In | Role::InOut | Role::Limit => true,
        Role::Rk | Role::RkStr => !word.k(),
        _ => false,
    }
}

/// The word with each of its registers replaced.
fn map_registers(word: Instruction, mut map: impl FnMut(u32) -> u32) -> Instruction {
    let Some(info) = word.opcode().map(OpCode::info) else { return word };
    let [a, b, c, _] = info.roles;
    let mut mapped = word;
    if !matches!(info.format, Format::Ax | Format::SJ) && is_register(a, word) {
        mapped = mapped.with_a(map(word.a()));
    }
    if info.format == Format::Abc {
        if is_register(b, word) {
            mapped = mapped.with_b(map(word.b()));
        }
        if is_register(c, word) {
            mapped = mapped.with_c(map(word.c()));
        }
    }
    mapped
}

/// Two registers change places, in the whole function or from some point on.
pub(super) fn registers_swapped(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let n = usize::from(proto.max_stack);
    let (one, other) = (rng.below(n) as u32, rng.below(n) as u32);
    let from = if rng.one_in(2) { 0 } else { rng.below(proto.code.len()) };
    for word in proto.code.iter_mut().skip(from) {
        *word = map_registers(*word, |register| match register {
            r if r == one => other,
            r if r == other => one,
            r => r,
        });
    }
    Some(())
}

/// One operand is another register.
pub(super) fn register_replaced(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let pc = rng.below(proto.code.len());
    let word = *proto.code.get(pc)?;
    let to = near(rng.below(usize::from(proto.max_stack)) as u32, rng);
    let mut operands = Vec::new();
    map_registers(word, |register| {
        operands.push(register);
        register
    });
    let wanted = *rng.pick(&operands)?;
    proto.code[pc] = map_registers(word, |register| if register == wanted { to } else { register });
    Some(())
}

/// The frame has fewer registers, or more.
pub(super) fn frame_shrunk(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let by = 1 + rng.below(4) as u8;
    proto.max_stack = if rng.one_in(4) {
        proto.max_stack.saturating_add(by)
    } else {
        proto.max_stack.saturating_sub(by)
    };
    Some(())
}

/// The function has another number of parameters; what goes with it mostly does.
pub(super) fn params_changed(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let n = match rng.below(4) {
        0 => proto.max_stack.saturating_add(1),
        1 => proto.max_stack,
        2 => proto.n_params.saturating_sub(1),
        _ => proto.n_params.saturating_add(1),
    };
    proto.n_params = n;
    if proto.is_vararg != 0 && !rng.one_in(3) {
        for word in &mut proto.code {
            match word.opcode() {
                Some(OpCode::VarargPrep) => *word = word.with_a(u32::from(n)),
                Some(OpCode::Return | OpCode::TailCall) => {
                    *word = word.with_c((u32::from(n) + 1).min(255));
                }
                _ => {}
            }
        }
    }
    Some(())
}

/// Variable arguments, with some of what belongs to them.
pub(super) fn vararg_toggled(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    if proto.is_vararg != 0 {
        match rng.below(3) {
            0 => proto.is_vararg = 0,
            1 => {
                // Into a function with as many arguments as it wants, consistently.
                proto.is_vararg = 0;
                *proto.code.first_mut()? = super::code::nothing();
                for word in &mut proto.code {
                    if matches!(word.opcode(), Some(OpCode::Return | OpCode::TailCall)) {
                        *word = word.with_c(0);
                    }
                }
            }
            _ => *proto.code.first_mut()? = super::code::nothing(),
        }
        return Some(());
    }
    proto.is_vararg = 1;
    if rng.one_in(3) {
        return Some(());
    }
    let n = u32::from(proto.n_params);
    insert(proto, 0, &[Instruction::abc(OpCode::VarargPrep, n, 0, 0, false)])?;
    // No jump leads to the first word any more, since nothing but the entry did.
    for pc in 0..proto.code.len() {
        let word = proto.code[pc];
        if super::code::target(pc, word) == Some(0) {
            proto.code[pc] = super::code::retarget(pc, word, 1);
        }
    }
    if !rng.one_in(3) {
        for word in &mut proto.code {
            *word = match word.opcode() {
                Some(OpCode::Return | OpCode::TailCall) => word.with_c((n + 1).min(255)),
                Some(OpCode::Return0) => {
                    Instruction::abc(OpCode::Return, word.a(), 1, n + 1, false)
                }
                Some(OpCode::Return1) => {
                    Instruction::abc(OpCode::Return, word.a(), 2, n + 1, false)
                }
                _ => continue,
            };
        }
    }
    Some(())
}

/// Some words of the function stand at another place as well.
pub(super) fn words_transplanted(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let from = seam(proto, rng)?;
    let len = 1 + rng.below(8);
    let words: Vec<Instruction> = proto.code.iter().skip(from).take(len).copied().collect();
    let at = seam(proto, rng)?;
    insert(proto, at, &words)
}

/// Nested functions change places, or one takes another's.
pub(super) fn nested_swapped(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let n = proto.protos.len();
    if n < 2 {
        return None;
    }
    let (one, other) = (rng.below(n), rng.below(n));
    if rng.one_in(2) {
        proto.protos.swap(one, other);
    } else {
        proto.protos[one] = proto.protos[other].clone();
    }
    Some(())
}

/// Lines are said wrong.
pub(super) fn lines_damaged(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let n = proto.line_info.len();
    if n == 0 {
        return None;
    }
    let pc = rng.below(n);
    let n_abs = proto.abs_line_info.len();
    match rng.below(9) {
        8 => {
            // As far up as the format goes, and on from there.
            proto.line_defined = MAX_INT;
            for delta in proto.line_info.iter_mut().filter(|delta| **delta != ABS_LINE_MARK) {
                *delta = i8::MAX;
            }
        }
        0 => proto.line_info.truncate(1 + pc),
        1 => proto.line_info[pc] = ABS_LINE_MARK,
        2 => proto.abs_line_info.clear(),
        3 => proto.line_defined = MAX_INT,
        4 => proto.line_info[pc] = [127, -127, 0, -1][rng.below(4)],
        5 if n_abs > 0 => {
            proto.abs_line_info.remove(rng.below(n_abs));
        }
        6 => {
            proto.line_info[pc] = ABS_LINE_MARK;
            let at = proto.abs_line_info.partition_point(|abs| (abs.pc as usize) < pc);
            proto.abs_line_info.insert(at, AbsLine { pc: pc as u32, line: rng.below(1000) as u32 });
        }
        _ => proto.line_info.clear(),
    }
    Some(())
}

/// Locals: more than there are registers, without names, out of order.
pub(super) fn locals_crowded(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let n = proto.code.len() as u32;
    let var = LocVar { name: Some("v".into()), start_pc: rng.below(n as usize) as u32, end_pc: n };
    match rng.below(5) {
        0 => proto.loc_vars.extend(vec![var; usize::from(proto.max_stack) + 1]),
        4 => proto.loc_vars.extend(vec![LocVar { start_pc: 0, ..var }; 1000]),
        1 => proto.loc_vars.push(LocVar { name: None, ..var }),
        2 => proto.loc_vars.reverse(),
        _ => proto.loc_vars.insert(0, LocVar { start_pc: 0, ..var }),
    }
    Some(())
}

/// An opcode that there is not.
pub(super) fn opcode_unknown(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let pc = rng.below(proto.code.len());
    let word = proto.code.get_mut(pc)?;
    let number = 83 + rng.below(45) as u32;
    *word = Instruction(word.0 & !0x7F | number);
    Some(())
}
