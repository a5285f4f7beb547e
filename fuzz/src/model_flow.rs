//! The dataflow of [`model`](crate::model): once more from the rules' words, one register at a time.
//!
//! Every instruction has a state of its own, a list of registers and two sets; whatever changes is
//! looked at again until nothing does. Functions that [`model`](crate::model) refuses have no
//! business here.

use std::collections::BTreeSet;

use moonproof_bytecode::{Constant, Instruction, OpCode, Proto};

/// What a register holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Held {
    /// Perhaps nothing of this function's.
    Unknown,
    Value,
    /// What NEWTABLE has made.
    Table,
    /// What FORPREP has made of the register so far above its A.
    Loop(u8),
}

#[derive(Clone, PartialEq, Eq)]
struct State {
    registers: Vec<Held>,
    pending: BTreeSet<usize>,
    captured: BTreeSet<usize>,
}

impl State {
    fn join(&mut self, other: &Self) {
        for (mine, theirs) in self.registers.iter_mut().zip(&other.registers) {
            *mine = match (*mine, *theirs) {
                (a, b) if a == b => a,
                (Held::Unknown, _) | (_, Held::Unknown) => Held::Unknown,
                _ => Held::Value,
            };
        }
        self.pending.extend(&other.pending);
        self.captured.extend(&other.captured);
    }

    /// Whether nobody minds if registers from there on are run over; then they are.
    fn run_over(&mut self, from: usize) -> bool {
        let free = self.pending.range(from..).next().is_none()
            && self.captured.range(from..).next().is_none();
        self.lose(from);
        free
    }

    fn lose(&mut self, from: usize) {
        for register in self.registers.iter_mut().skip(from) {
            *register = Held::Unknown;
        }
    }

    fn has(&self, mut registers: impl Iterator<Item = usize>) -> bool {
        registers.all(|r| self.registers[r] != Held::Unknown)
    }

    /// Writes values, unless one of the registers is pending.
    fn put(&mut self, registers: impl Iterator<Item = usize>) -> bool {
        let mut fine = true;
        for register in registers {
            self.registers[register] = Held::Value;
            fine &= !self.pending.contains(&register);
        }
        fine
    }

    fn put_loop(&mut self, a: usize) -> bool {
        let fine = self.put(a..a + 4);
        for i in 0..3 {
            self.registers[a + usize::from(i)] = Held::Loop(i);
        }
        fine
    }
}

/// Whether the rules T, C and V hold of a function, and that jumps do not lead to a SELF that takes
/// its key from a register.
pub fn accepts(proto: &Proto) -> bool {
    let n = proto.code.len();
    let no_jump_to_self = (0..n).all(|pc| {
        let to = jump(pc, proto.code[pc]);
        to.is_none_or(|to| {
            let word = proto.code[to];
            word.opcode() != Some(OpCode::SelfOp) || word.k()
        })
    });
    no_jump_to_self && settle(proto)
}

fn settle(proto: &Proto) -> bool {
    let mut registers = vec![Held::Unknown; usize::from(proto.max_stack)];
    registers[..usize::from(proto.n_params)].fill(Held::Value);
    let entry = State { registers, pending: BTreeSet::new(), captured: BTreeSet::new() };
    let mut states: Vec<Option<State>> = vec![None; proto.code.len()];
    states[0] = Some(entry);
    let mut due = vec![0];
    while let Some(pc) = due.pop() {
        let Some(state) = states[pc].clone() else { continue };
        let Some(ways) = ways(proto, pc, state) else { return false };
        for (to, state) in ways {
            let joined = match &states[to] {
                Some(known) => {
                    let mut joined = known.clone();
                    joined.join(&state);
                    joined
                }
                None => state,
            };
            if states[to].as_ref() != Some(&joined) {
                states[to] = Some(joined);
                due.push(to);
            }
        }
    }
    true
}

/// Where a word jumps.
fn jump(pc: usize, word: Instruction) -> Option<usize> {
    let pc = pc as i64;
    let bx = i64::from(word.bx());
    let to = match word.opcode()? {
        OpCode::Jmp => pc + 1 + i64::from(word.sj()),
        OpCode::ForPrep => pc + 2 + bx,
        OpCode::TForPrep => pc + 1 + bx,
        OpCode::ForLoop | OpCode::TForLoop => pc + 1 - bx,
        _ => return None,
    };
    usize::try_from(to).ok()
}

/// Where control goes, and in which states; nothing if a rule is broken.
fn ways(proto: &Proto, pc: usize, mut s: State) -> Option<Vec<(usize, State)>> {
    use OpCode::*;
    let word = proto.code[pc];
    let (a, b, c, k) = (word.a() as usize, word.b() as usize, word.c() as usize, word.k());
    let one = |r: usize| r..r + 1;
    let rk = |s: &State| k || s.has(one(c));
    // The end of values that go up to top is where they begin: those below are there.
    let open = || proto.code[pc - 1].a() as usize;
    let leaves_clean = |s: &State| s.pending.is_empty() && (k || s.captured.is_empty());
    let next = pc + 1;
    let op = word.opcode()?;
    let fine = match op {
        Move | Unm | BNot | Not | Len | GetI | GetField => s.has(one(b)) && s.put(one(a)),
        LoadI | LoadF | LoadK | LoadKx | LoadFalse | LoadTrue | GetUpval | GetTabUp => {
            s.put(one(a))
        }
        LFalseSkip => {
            let fine = s.put(one(a));
            return fine.then(|| vec![(pc + 2, s)]);
        }
        LoadNil => s.put(a..a + b + 1),
        SetUpval | Test | EqK | EqI | LtI | LeI | GtI | GeI | Return1 | MmBinI | MmBinK => {
            s.has(one(a))
        }
        Eq | Lt | Le | MmBin => s.has(one(a)) && s.has(one(b)),
        GetTable => s.has(one(b)) && s.has(one(c)) && s.put(one(a)),
        SetTabUp => rk(&s),
        SetTable => s.has(one(a)) && s.has(one(b)) && rk(&s),
        SetI | SetField => s.has(one(a)) && rk(&s),
        NewTable => {
            let fine = s.run_over(a + 1) && s.put(one(a));
            s.registers[a] = Held::Table;
            fine
        }
        Closure => {
            let mut fine = s.run_over(a + 1) && s.put(one(a));
            for upvalue in &proto.protos[word.bx() as usize].upvalues {
                let register = usize::from(upvalue.idx);
                if upvalue.in_stack != 0 {
                    fine &= register <= a && s.has(one(register));
                    fine &= !is_in_loop(&s, register);
                    s.captured.insert(register);
                }
            }
            fine
        }
        SelfOp => {
            let key =
                k || { s.has(one(c)) && !s.captured.contains(&c) && is_name_in(proto, pc, c) };
            s.has(one(b)) && key && s.put(a..a + 2)
        }
        Concat => s.has(a..a + b) && s.run_over(a + 1) && s.put(one(a)),
        Close => {
            s.pending.retain(|&register| register < a);
            s.captured.retain(|&register| register < a);
            s.lose(a);
            true
        }
        Tbc => s.has(one(a)) && pend(&mut s, a),
        Jmp => return Some(vec![(jump(pc, word)?, s)]),
        TestSet => {
            let mut taken = s.clone();
            let fine = s.has(one(b)) && taken.put(one(a));
            let to = jump(next, proto.code[next])?;
            return fine.then(|| vec![(pc + 2, s), (to, taken)]);
        }
        Call => {
            let end = if b == 0 { open() } else { a + b };
            let fine = s.has(a..end) && s.run_over(a);
            for register in a..(a + c).saturating_sub(1) {
                s.registers[register] = Held::Value;
            }
            fine
        }
        TailCall => {
            let end = if b == 0 { open() } else { a + b };
            let fine = s.has(a..end) && leaves_clean(&s);
            let fine = fine && s.captured.range(a..).next().is_none();
            s.captured.clear();
            s.lose(a);
            fine
        }
        Return => {
            let end = if b == 0 { open() } else { a + b - 1 };
            s.has(a..end) && (k || leaves_clean(&s))
        }
        Return0 => true,
        ForPrep => {
            let mut body = s.clone();
            let fine = s.has(a..a + 3) && body.put_loop(a);
            let variable = s.registers[a + 3];
            s.registers[a + 3] = if variable == Held::Unknown { variable } else { Held::Value };
            return fine.then_some(vec![(next, body), (jump(pc, word)?, s)]);
        }
        ForLoop => {
            let is_prepared = (0..3).all(|i| s.registers[a + usize::from(i)] == Held::Loop(i));
            let is_ours = s.captured.range(a..a + 3).next().is_none();
            let mut again = s.clone();
            let fine = is_prepared && is_ours && again.put_loop(a);
            return fine.then_some(vec![(next, s), (jump(pc, word)?, again)]);
        }
        TForPrep => {
            let fine = s.has(one(a)) && s.has(one(a + 3)) && pend(&mut s, a + 3);
            return fine.then_some(vec![(jump(pc, word)?, s)]);
        }
        TForCall => {
            let fine = s.has(a..a + 3) && s.run_over(a + 4);
            for register in a + 4..a + 4 + c {
                s.registers[register] = Held::Value;
            }
            fine
        }
        TForLoop => {
            let mut again = s.clone();
            let fine = s.has(one(a)) && s.has(one(a + 4)) && again.put(one(a + 2));
            return fine.then_some(vec![(next, s), (jump(pc, word)?, again)]);
        }
        SetList => {
            let end = if b == 0 { open() } else { a + b + 1 };
            let is_table = s.registers[a] == Held::Table && !s.captured.contains(&a);
            let fine = is_table && s.has(a + 1..end);
            fine && (s.run_over(a + 1) || b != 0)
        }
        Vararg if c == 0 => s.run_over(a),
        Vararg => s.put(a..a + c - 1),
        AddI | ShrI | ShlI | AddK | SubK | MulK | ModK | PowK | DivK | IDivK | BAndK | BOrK
        | BXorK => s.has(one(b)),
        Add | Sub | Mul | Mod | Pow | Div | IDiv | BAnd | BOr | BXor | Shl | Shr => {
            s.has(one(b)) && s.has(one(c))
        }
        VarargPrep | ExtraArg => true,
    };
    if !fine {
        return None;
    }
    Some(match op {
        Return | Return0 | Return1 => {
            let fine = op == Return || s.pending.is_empty() && s.captured.is_empty();
            return fine.then(Vec::new);
        }
        // On success the result is there and the metamethod's word is skipped.
        AddI | ShrI | ShlI | AddK | SubK | MulK | ModK | PowK | DivK | IDivK | BAndK | BOrK
        | BXorK | Add | Sub | Mul | Mod | Pow | Div | IDiv | BAnd | BOr | BXor | Shl | Shr => {
            let mut done = s.clone();
            if !done.put(one(a)) {
                return None;
            }
            vec![(next, s), (pc + 2, done)]
        }
        MmBin | MmBinI | MmBinK => {
            s.put(one(proto.code[pc - 1].a() as usize)).then(|| vec![(next, s)])?
        }
        Eq | Lt | Le | EqK | EqI | LtI | LeI | GtI | GeI | Test => {
            vec![(next, s.clone()), (pc + 2, s)]
        }
        LoadKx | NewTable => vec![(pc + 2, s)],
        SetList if k => vec![(pc + 2, s)],
        _ => vec![(next, s)],
    })
}

/// Whether a register is one of three that a FORPREP has prepared and that are still together.
fn is_in_loop(s: &State, register: usize) -> bool {
    (register.saturating_sub(2)..=register).any(|base| {
        (0..3).all(|i| {
            s.registers.get(base + usize::from(i)).is_some_and(|&held| held == Held::Loop(i))
        })
    })
}

fn pend(s: &mut State, register: usize) -> bool {
    let is_highest = s.pending.range(register..).next().is_none();
    s.pending.insert(register);
    is_highest
}

/// Whether the words before put a string into that register.
fn is_name_in(proto: &Proto, pc: usize, register: usize) -> bool {
    let Some(before) = pc.checked_sub(1).map(|pc| proto.code[pc]) else { return false };
    let is_string =
        |idx: u32| matches!(proto.constants.get(idx as usize), Some(Constant::String(_)));
    match before.opcode() {
        Some(OpCode::LoadK) => before.a() as usize == register && is_string(before.bx()),
        Some(OpCode::ExtraArg) => {
            let Some(load) = pc.checked_sub(2).map(|pc| proto.code[pc]) else { return false };
            load.opcode() == Some(OpCode::LoadKx)
                && load.a() as usize == register
                && is_string(before.ax())
        }
        _ => false,
    }
}
