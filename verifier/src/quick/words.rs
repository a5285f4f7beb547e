//! Each word, all that is asked of it and what it does.
//!
//! An arm first looks at operands, then at the words it belongs with, then at the state, and then
//! changes that. `flow/transfer.rs` says why the state changes as it does.

use moonproof_bytecode::limits::MAX_SHORT_LEN;
use moonproof_bytecode::{Constant, Instruction, OpCode};

use super::Code;
use crate::cfg::target;
use crate::decode::{EVENTS, MAX_HASH_SIZE};
use crate::flow::{Graph, State};
use crate::pairs;
use crate::table::Jump;

/// Fields, by the bits that make them 64 or more.
const HIGH_A: u32 = 3 << 13;
const HIGH_B: u32 = 3 << 22;
const HIGH_C: u32 = 3 << 30;

/// Where control goes from a word.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    On,
    Past,
    Stop,
    /// The word is not seen to be fine.
    GiveUp,
}

/// Gives up unless all of it holds.
macro_rules! demand {
    ($($condition:expr),+ $(,)?) => {
        if !($($condition)&&+) {
            return Next::GiveUp;
        }
    };
}

/// What is known, and the registers for which writing means more than having a value: those that
/// facts are about, those that are pending, and those that the frame does not have.
#[derive(Clone, Copy)]
pub(super) struct Live {
    pub(super) state: State,
    special: u64,
}

impl Live {
    #[inline(always)]
    pub(super) fn new(state: State, frame: u64) -> Self {
        let loops = state.looping | state.looping << 1 | state.looping << 2;
        Self { state, special: state.table | loops | state.pending | !frame }
    }
}

impl<const SHIFTED: bool> Code<'_, SHIFTED> {
    #[inline(always)]
    pub(super) fn step(
        &self,
        pc: usize,
        word: Instruction,
        live: &mut Live,
        graph: &mut Graph,
    ) -> Next {
        let Some(op) = word.opcode() else { return Next::GiveUp };
        let a = word.a();
        let w = self.window;
        match op {
            OpCode::Move | OpCode::Unm | OpCode::BNot | OpCode::Not | OpCode::Len => {
                demand!(self.fits(word, HIGH_A | HIGH_B), reads(live, w.bit(word.b())));
                self.write(live, w.bit(a))
            }
            OpCode::LoadI | OpCode::LoadF | OpCode::LoadFalse | OpCode::LoadTrue => {
                demand!(self.fits(word, HIGH_A));
                self.write(live, w.bit(a))
            }
            OpCode::LoadK => {
                demand!(self.fits(word, HIGH_A), self.has_constant(word.bx()));
                self.write(live, w.bit(a))
            }
            OpCode::LoadKx => {
                let extra = self.second(pc);
                demand!(self.fits(word, HIGH_A), is(extra, OpCode::ExtraArg));
                demand!(self.has_constant(extra.ax()));
                self.past(self.write(live, w.bit(a)))
            }
            OpCode::LFalseSkip => {
                demand!(self.fits(word, HIGH_A), is(self.second(pc), OpCode::LoadTrue));
                demand!(self.write(live, w.bit(a)) == Next::On);
                demand!(self.follow(pc, pc.wrapping_add(2), live.state, graph));
                Next::Stop
            }
            OpCode::LoadNil => {
                let n = word.b().wrapping_add(1);
                demand!(self.has_registers(a, n));
                self.write(live, w.range(a, n))
            }
            OpCode::GetUpval => {
                demand!(self.fits(word, HIGH_A), word.b() < self.n_upvalues);
                self.write(live, w.bit(a))
            }
            OpCode::SetUpval => {
                demand!(self.fits(word, HIGH_A), word.b() < self.n_upvalues, reads(live, w.bit(a)));
                Next::On
            }
            OpCode::GetTabUp => {
                demand!(
                    self.fits(word, HIGH_A),
                    word.b() < self.n_upvalues,
                    self.is_field(word.c())
                );
                self.write(live, w.bit(a))
            }
            OpCode::GetTable => {
                demand!(self.fits(word, HIGH_A | HIGH_B | HIGH_C));
                demand!(reads(live, w.bit(word.b()) | w.bit(word.c())));
                self.write(live, w.bit(a))
            }
            OpCode::GetI => {
                demand!(self.fits(word, HIGH_A | HIGH_B), reads(live, w.bit(word.b())));
                self.write(live, w.bit(a))
            }
            OpCode::GetField => {
                demand!(self.fits(word, HIGH_A | HIGH_B), reads(live, w.bit(word.b())));
                demand!(self.is_field(word.c()));
                self.write(live, w.bit(a))
            }
            OpCode::SetTabUp => {
                demand!(a < self.n_upvalues, self.is_field(word.b()), self.is_rk(live, word));
                Next::On
            }
            OpCode::SetTable => {
                demand!(self.fits(word, HIGH_A | HIGH_B));
                demand!(reads(live, w.bit(a) | w.bit(word.b())), self.is_rk(live, word));
                Next::On
            }
            OpCode::SetI => {
                demand!(self.fits(word, HIGH_A), reads(live, w.bit(a)), self.is_rk(live, word));
                Next::On
            }
            OpCode::SetField => {
                demand!(self.fits(word, HIGH_A), reads(live, w.bit(a)));
                demand!(self.is_field(word.b()), self.is_rk(live, word));
                Next::On
            }
            OpCode::NewTable => {
                let extra = self.second(pc);
                demand!(self.fits(word, HIGH_A), is(extra, OpCode::ExtraArg));
                demand!(word.b() <= u32::from(MAX_HASH_SIZE));
                demand!(pairs::table_size(word, extra, self.words.len()).is_none());
                demand!(self.above(live, a) == Next::On);
                live.state.table |= w.bit(a);
                live.special |= w.bit(a);
                Next::Past
            }
            OpCode::SelfOp => self.apart(live, |live| self.self_op(pc, word, live)),
            OpCode::AddI | OpCode::ShrI | OpCode::ShlI => {
                demand!(self.fits(word, HIGH_A | HIGH_B), reads(live, w.bit(word.b())));
                self.arithmetic(pc, word, live, OpCode::MmBinI)
            }
            OpCode::AddK
            | OpCode::SubK
            | OpCode::MulK
            | OpCode::ModK
            | OpCode::PowK
            | OpCode::DivK
            | OpCode::IDivK => {
                demand!(self.fits(word, HIGH_A | HIGH_B), reads(live, w.bit(word.b())));
                let constant = self.constants.get(word.c() as usize);
                demand!(matches!(constant, Some(Constant::Integer(_) | Constant::Float(_))));
                self.arithmetic(pc, word, live, OpCode::MmBinK)
            }
            OpCode::BAndK | OpCode::BOrK | OpCode::BXorK => {
                demand!(self.fits(word, HIGH_A | HIGH_B), reads(live, w.bit(word.b())));
                let constant = self.constants.get(word.c() as usize);
                demand!(matches!(constant, Some(Constant::Integer(_))));
                self.arithmetic(pc, word, live, OpCode::MmBinK)
            }
            OpCode::Add
            | OpCode::Sub
            | OpCode::Mul
            | OpCode::Mod
            | OpCode::Pow
            | OpCode::Div
            | OpCode::IDiv
            | OpCode::BAnd
            | OpCode::BOr
            | OpCode::BXor
            | OpCode::Shl
            | OpCode::Shr => {
                demand!(self.fits(word, HIGH_A | HIGH_B | HIGH_C));
                demand!(reads(live, w.bit(word.b()) | w.bit(word.c())));
                self.arithmetic(pc, word, live, OpCode::MmBin)
            }
            OpCode::Concat => {
                demand!(word.b() >= 2, self.has_registers(a, word.b()));
                demand!(reads(live, w.range(a, word.b())));
                self.above(live, a)
            }
            OpCode::Close => {
                demand!(a <= self.max_stack);
                self.apart(live, |live| {
                    let gone = w.from(a);
                    live.state.captured &= !gone;
                    live.state.pending &= !gone;
                    live.state.kill(gone);
                    Next::On
                })
            }
            OpCode::Tbc => {
                demand!(self.fits(word, HIGH_A));
                self.apart(live, |live| self.pend(&mut live.state, a))
            }
            OpCode::Jmp => {
                demand!(self.follow(pc, target(pc, word, Jump::Forward), live.state, graph));
                Next::Stop
            }
            OpCode::Eq | OpCode::Lt | OpCode::Le => {
                demand!(self.fits(word, HIGH_A | HIGH_B));
                demand!(reads(live, w.bit(a) | w.bit(word.b())));
                self.branch(pc, live.state, live.state, graph)
            }
            OpCode::EqK => {
                demand!(self.fits(word, HIGH_A), self.has_constant(word.b()));
                demand!(reads(live, w.bit(a)));
                self.branch(pc, live.state, live.state, graph)
            }
            OpCode::EqI | OpCode::LtI | OpCode::LeI | OpCode::GtI | OpCode::GeI | OpCode::Test => {
                demand!(self.fits(word, HIGH_A), reads(live, w.bit(a)));
                self.branch(pc, live.state, live.state, graph)
            }
            OpCode::TestSet => {
                demand!(self.fits(word, HIGH_A | HIGH_B), reads(live, w.bit(word.b())));
                let mut taken = *live;
                demand!(self.write(&mut taken, w.bit(a)) == Next::On);
                self.branch(pc, live.state, taken.state, graph)
            }
            OpCode::Call => {
                demand!(self.arguments(pc, word, live));
                let n_results = word.c().saturating_sub(1);
                demand!(self.has_registers(a, n_results), word.c() != 0 || self.is_taken(pc));
                demand!(self.hand_over(live, a));
                live.state.defined |= w.range(a, n_results);
                Next::On
            }
            OpCode::TailCall => self.apart(live, |live| self.tail_call(pc, word, live)),
            OpCode::Return => self.apart(live, |live| self.return_some(pc, word, live)),
            OpCode::Return0 => {
                demand!(a <= self.max_stack, !self.is_vararg, live.state.held() == 0);
                Next::Stop
            }
            OpCode::Return1 => {
                demand!(self.fits(word, HIGH_A), !self.is_vararg, live.state.held() == 0);
                demand!(reads(live, w.bit(a)));
                Next::Stop
            }
            OpCode::ForLoop => self.apart(live, |live| self.for_loop(pc, word, live, graph)),
            OpCode::ForPrep => self.apart(live, |live| self.for_prep(pc, word, live, graph)),
            OpCode::TForPrep => self.apart(live, |live| self.tfor_prep(pc, word, live, graph)),
            OpCode::TForCall => self.apart(live, |live| self.tfor_call(pc, word, live, graph)),
            OpCode::SetList => self.apart(live, |live| self.set_list(pc, word, live)),
            OpCode::Closure => self.apart(live, |live| self.closure(word, live)),
            OpCode::Vararg => {
                demand!(self.is_vararg, self.has_registers(a, 1));
                if word.c() == 0 {
                    demand!(self.is_taken(pc), live.state.held() & w.from(a) == 0);
                    return self.apart(live, |live| {
                        live.state.kill(w.from(a));
                        Next::On
                    });
                }
                let n = word.c().wrapping_sub(1);
                demand!(self.has_registers(a, n));
                self.write(live, w.range(a, n))
            }
            // Second halves are looked at with the first; the one VARARGPREP is not looked at here.
            OpCode::MmBin
            | OpCode::MmBinI
            | OpCode::MmBinK
            | OpCode::TForLoop
            | OpCode::VarargPrep
            | OpCode::ExtraArg => Next::GiveUp,
        }
    }

    /// The word behind `pc`. The last word, which has none, is a return.
    #[inline(always)]
    fn second(&self, pc: usize) -> Instruction {
        self.words.get(pc.wrapping_add(1)).copied().unwrap_or_default()
    }

    #[inline(always)]
    fn past(&self, next: Next) -> Next {
        if next == Next::On { Next::Past } else { next }
    }

    #[inline(always)]
    fn has_registers(&self, first: u32, n: u32) -> bool {
        // Neither is more than 256.
        first < self.max_stack && first.wrapping_add(n) <= self.max_stack
    }

    #[inline(always)]
    fn has_constant(&self, idx: u32) -> bool {
        (idx as usize) < self.constants.len()
    }

    #[inline(always)]
    fn is_field(&self, idx: u32) -> bool {
        match self.constants.get(idx as usize) {
            Some(Constant::String(s)) => s.len() <= MAX_SHORT_LEN,
            _ => false,
        }
    }

    fn is_string(&self, idx: u32) -> bool {
        matches!(self.constants.get(idx as usize), Some(Constant::String(_)))
    }

    /// C as a register that is read or a constant. Which of the two cannot be predicted: no branch
    /// asks.
    #[inline(always)]
    fn is_rk(&self, live: &Live, word: Instruction) -> bool {
        let register = self.fits(word, HIGH_C) & reads(live, self.window.bit(word.c()));
        let constant = self.has_constant(word.c());
        (word.k() & constant) | (!word.k() & register)
    }

    /// Whether these fields can be registers: whether the window shows them, or else whether they are
    /// in the frame. One that is shown is in the frame if it has a value, or may get one.
    #[inline(always)]
    fn fits(&self, word: Instruction, fields: u32) -> bool {
        if !SHIFTED {
            return word.0 & fields == 0;
        }
        let is_in = |field: u32, value: u32| fields & field == 0 || value < self.max_stack;
        is_in(HIGH_A, word.a()) && is_in(HIGH_B, word.b()) && is_in(HIGH_C, word.c())
    }

    /// Writes registers that fit.
    #[inline(always)]
    fn write(&self, live: &mut Live, registers: u64) -> Next {
        if registers & live.special != 0 {
            demand!(registers & (live.state.pending | !self.frame) == 0);
            live.state.write(registers);
            *live = Live::new(live.state, self.frame);
        }
        live.state.defined |= registers;
        Next::On
    }

    /// Whether registers from `first` on may be given up; then they are.
    #[inline(always)]
    fn hand_over(&self, live: &mut Live, first: u32) -> bool {
        let given = self.window.from(first);
        let is_free = live.state.held() & given == 0;
        live.state.defined &= !given;
        if live.special & given & self.frame != 0 {
            live.state.kill(given);
            *live = Live::new(live.state, self.frame);
        }
        is_free
    }

    /// Lets rarer words work on a copy, so that the original can stay in machine registers.
    #[inline(always)]
    fn apart(&self, live: &mut Live, work: impl FnOnce(&mut Live) -> Next) -> Next {
        let mut copy = *live;
        let next = work(&mut copy);
        *live = Live::new(copy.state, self.frame);
        next
    }

    #[inline(always)]
    fn above(&self, live: &mut Live, a: u32) -> Next {
        demand!(self.hand_over(live, a.wrapping_add(1)));
        self.write(live, self.window.bit(a))
    }

    /// The MMBIN behind arithmetic, and what they write.
    #[inline(always)]
    fn arithmetic(&self, pc: usize, word: Instruction, live: &mut Live, mm: OpCode) -> Next {
        let w = self.window;
        let second = self.second(pc);
        demand!(is(second, mm), self.fits(second, HIGH_A));
        demand!(u8::try_from(second.c()).is_ok_and(|event| EVENTS.contains(&event)));
        demand!(reads(live, w.bit(second.a())));
        match mm {
            OpCode::MmBin => {
                demand!(self.fits(second, HIGH_B), reads(live, w.bit(second.b())));
            }
            OpCode::MmBinK => demand!(self.has_constant(second.b())),
            _ => {}
        }
        self.past(self.write(live, w.bit(word.a())))
    }

    /// The JMP behind a test, and both ways from there. `taken` is known where it is taken.
    #[inline(always)]
    fn branch(&self, pc: usize, state: State, taken: State, graph: &mut Graph) -> Next {
        let jump = pc.wrapping_add(1);
        let word = self.second(pc);
        demand!(is(word, OpCode::Jmp));
        let to = target(jump, word, Jump::Forward);
        demand!(self.follow(pc, to, taken, graph));
        if graph.is_leader(jump) {
            demand!(self.follow(pc, pc.wrapping_add(2), state, graph));
            return Next::Stop;
        }
        Next::Past
    }

    fn for_loop(&self, pc: usize, word: Instruction, live: &mut Live, graph: &mut Graph) -> Next {
        let w = self.window;
        let a = word.a();
        demand!(self.has_registers(a, 4));
        let back = target(pc, word, Jump::Loop);
        demand!(self.is_loop(back.wrapping_sub(1), pc));
        demand!(w.base(a) & !live.state.looping == 0);
        demand!(live.state.captured & w.range(a, 3) == 0);
        let mut again = *live;
        demand!(self.write(&mut again, w.range(a, 4)) == Next::On);
        again.state.looping |= w.base(a);
        demand!(self.follow(pc, back, again.state, graph));
        Next::On
    }

    fn closure(&self, word: Instruction, live: &mut Live) -> Next {
        let a = word.a();
        let Some(&captured) = self.captures.get(word.bx() as usize) else { return Next::GiveUp };
        demand!(self.fits(word, HIGH_A), self.above(live, a) == Next::On);
        let loops = live.state.looping | live.state.looping << 1 | live.state.looping << 2;
        demand!(
            captured & (self.window.from(a.wrapping_add(1)) | loops) == 0,
            reads(live, captured)
        );
        live.state.captured |= captured;
        Next::On
    }

    fn self_op(&self, pc: usize, word: Instruction, live: &mut Live) -> Next {
        let w = self.window;
        let a = word.a();
        demand!(self.has_registers(a, 2), self.fits(word, HIGH_B), reads(live, w.bit(word.b())));
        if word.k() {
            demand!(self.is_string(word.c()));
        } else {
            demand!(self.fits(word, HIGH_C), reads(live, w.bit(word.c())));
            demand!(live.state.captured & w.bit(word.c()) == 0);
            // A LOADKX is left to the passes.
            let key = self.words.get(pc.wrapping_sub(1)).copied().unwrap_or_default();
            demand!(is(key, OpCode::LoadK), key.a() == word.c(), self.is_string(key.bx()));
        }
        self.write(live, w.range(a, 2))
    }

    /// What is called, and its arguments.
    #[inline(always)]
    fn arguments(&self, pc: usize, word: Instruction, live: &Live) -> bool {
        let w = self.window;
        let (a, n) = (word.a(), word.b());
        if n == 0 {
            return a < self.max_stack
                && self.open_from(pc).is_some_and(|open| {
                    open > a && open < self.max_stack && reads(live, w.between(a, open))
                });
        }
        self.has_registers(a, n) && reads(live, w.range(a, n))
    }

    /// First register of the open results that the word at `pc` takes, if it follows a word that
    /// makes some.
    fn open_from(&self, pc: usize) -> Option<u32> {
        let producer = *self.words.get(pc.wrapping_sub(1))?;
        let is_open = match producer.opcode()? {
            OpCode::Call | OpCode::Vararg => producer.c() == 0,
            // What stands behind it was looked at there.
            OpCode::TailCall => true,
            _ => false,
        };
        is_open.then_some(producer.a())
    }

    /// Whether the word behind takes open results (O2). How, it is asked itself.
    fn is_taken(&self, pc: usize) -> bool {
        let word = self.second(pc);
        let takes = matches!(
            word.opcode(),
            Some(OpCode::Call | OpCode::TailCall | OpCode::Return | OpCode::SetList)
        );
        takes && word.b() == 0
    }

    fn tail_call(&self, pc: usize, word: Instruction, live: &mut Live) -> Next {
        let w = self.window;
        demand!(self.arguments(pc, word, live), word.c() == self.shift, live.state.pending == 0);
        let ret = self.second(pc);
        demand!(is(ret, OpCode::Return), ret.b() == 0, ret.a() == word.a());
        demand!(ret.c() == word.c(), ret.k() == word.k());
        let free = if word.k() { w.from(word.a()) } else { u64::MAX };
        demand!(live.state.captured & free == 0);
        live.state.captured = 0;
        live.state.kill(w.from(word.a()));
        Next::On
    }

    fn return_some(&self, pc: usize, word: Instruction, live: &Live) -> Next {
        let w = self.window;
        let (a, b) = (word.a(), word.b());
        demand!(word.c() == self.shift, word.k() || live.state.held() == 0);
        if b == 0 {
            demand!(a < self.max_stack);
            let Some(open) = self.open_from(pc) else { return Next::GiveUp };
            demand!(open >= a, open < self.max_stack, reads(live, w.between(a, open)));
            return Next::Stop;
        }
        let n = b.wrapping_sub(1);
        demand!(a.wrapping_add(n) <= self.max_stack, reads(live, w.range(a, n)));
        Next::Stop
    }

    /// S12: FORPREP at `prep` and FORLOOP at `end` belong together.
    fn is_loop(&self, prep: usize, end: usize) -> bool {
        let (Some(&first), Some(&second)) = (self.words.get(prep), self.words.get(end)) else {
            return false;
        };
        is(first, OpCode::ForPrep)
            && is(second, OpCode::ForLoop)
            && first.a() == second.a()
            && target(prep, first, Jump::Prep) == end.wrapping_add(1)
            && target(end, second, Jump::Loop) == prep.wrapping_add(1)
    }

    fn for_prep(&self, pc: usize, word: Instruction, live: &mut Live, graph: &mut Graph) -> Next {
        let w = self.window;
        let a = word.a();
        let skip = target(pc, word, Jump::Prep);
        demand!(self.has_registers(a, 4), self.is_loop(pc, skip.wrapping_sub(1)));
        demand!(reads(live, w.range(a, 3)));
        let mut body = *live;
        demand!(self.write(&mut body, w.range(a, 4)) == Next::On);
        body.state.looping |= w.base(a);
        demand!(self.follow(pc, pc.wrapping_add(1), body.state, graph));
        let variable = w.bit(a.wrapping_add(3));
        let was_defined = live.state.defined & variable;
        live.state.kill(variable);
        live.state.defined |= was_defined;
        demand!(self.follow(pc, skip, live.state, graph));
        Next::Stop
    }

    #[inline(always)]
    fn pend(&self, state: &mut State, register: u32) -> Next {
        let w = self.window;
        let bit = w.bit(register);
        demand!(bit & !state.defined == 0, state.pending & w.from(register) == 0);
        state.pending |= bit;
        Next::On
    }

    fn tfor_prep(&self, pc: usize, word: Instruction, live: &mut Live, graph: &mut Graph) -> Next {
        let w = self.window;
        let a = word.a();
        let call = target(pc, word, Jump::Tfor);
        let (calls, repeat) = (self.words.get(call), call.wrapping_add(1));
        let (Some(&calls), Some(&repeats)) = (calls, self.words.get(repeat)) else {
            return Next::GiveUp;
        };
        demand!(self.has_registers(a, 4), is(calls, OpCode::TForCall), calls.a() == a);
        demand!(is(repeats, OpCode::TForLoop), repeats.a() == a);
        demand!(self.pend(&mut live.state, a.wrapping_add(3)) == Next::On);
        demand!(target(repeat, repeats, Jump::Loop) == pc.wrapping_add(1));
        let first = a.wrapping_add(4);
        let mut body = *live;
        body.state.kill(w.from(first));
        demand!(self.has_registers(first, calls.c()), calls.c() >= 1);
        body.state.defined |= w.range(first, calls.c());
        body.state.write(w.bit(a.wrapping_add(2)));
        demand!(self.follow(pc, pc.wrapping_add(1), body.state, graph));
        demand!(self.follow(pc, call, live.state, graph));
        Next::Stop
    }

    /// TFORCALL and its TFORLOOP.
    fn tfor_call(&self, pc: usize, word: Instruction, live: &mut Live, graph: &mut Graph) -> Next {
        let w = self.window;
        let (a, n) = (word.a(), word.c());
        let second = self.second(pc);
        demand!(self.has_registers(a, 7), self.has_registers(a, n.wrapping_add(4)), n >= 1);
        demand!(is(second, OpCode::TForLoop), second.a() == a, reads(live, w.range(a, 3)));
        let first = a.wrapping_add(4);
        demand!(self.hand_over(live, first));
        live.state.defined |= w.range(first, n);
        let mut again = *live;
        demand!(self.write(&mut again, w.bit(a.wrapping_add(2))) == Next::On);
        let repeat = pc.wrapping_add(1);
        demand!(self.follow(repeat, target(repeat, second, Jump::Loop), again.state, graph));
        Next::Past
    }

    fn set_list(&self, pc: usize, word: Instruction, live: &mut Live) -> Next {
        let w = self.window;
        let (a, n) = (word.a(), word.b());
        let above = a.wrapping_add(1);
        demand!(self.has_registers(a, n.wrapping_add(1)));
        let extra = self.second(pc);
        demand!(!word.k() || is(extra, OpCode::ExtraArg));
        demand!(pairs::list_index(word, extra, self.words.len()).is_none());
        demand!(w.bit(a) & (!live.state.table | live.state.captured) == 0);
        let end = match n {
            0 => match self.open_from(pc) {
                Some(open) if open > a && open < self.max_stack => open,
                _ => return Next::GiveUp,
            },
            n => above.wrapping_add(n),
        };
        demand!(reads(live, w.between(a, end)));
        demand!(n != 0 || live.state.held() & w.from(above) == 0);
        live.state.kill(w.from(above));
        if word.k() { Next::Past } else { Next::On }
    }
}

#[inline(always)]
fn is(word: Instruction, op: OpCode) -> bool {
    word.op_bits() == op as u8
}

/// Whether these registers have values, and so are registers of the frame.
#[inline(always)]
fn reads(live: &Live, registers: u64) -> bool {
    registers & !live.state.defined == 0
}
