//! What one instruction does to what is known, and what it asks of it.
//!
//! Each arm stands beside a fact of `luaV_execute` (lvm.c). "Lowers top" is said of instructions
//! that run the collector, and so finalizers, or another function with the frame's registers from
//! some point on given up: whatever runs there overlaps those registers, so that none of them may
//! be captured or pending (V2, C3), and their values are gone afterwards. Instructions that may
//! call a metamethod with all of the frame kept (`Protect`) need nothing.
//!
//! An arm goes on with its effect also if what it asks for does not hold; that keeps states those
//! of the code as it stands while findings are gathered.

use moonproof_bytecode::{Constant, Instruction, OpCode};

use super::effect::{Effect, Kind, effect};
use super::graph::{Graph, Witness};
use super::state::{State, Window};
use crate::cfg::target;
use crate::rules::Rule;
use crate::table::Jump;

/// Where control goes from an instruction. Other ways than straight on have been followed already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// To the next word.
    On,
    /// Past the next word, which belongs to this one.
    Past,
    /// Nowhere.
    Stop,
}

/// The function being analysed, apart from what is known of it.
pub(crate) struct Code<'a, const SHIFTED: bool> {
    pub(crate) words: &'a [Instruction],
    pub(crate) constants: &'a [Constant],
    pub(crate) window: Window<SHIFTED>,
    /// By nested function: registers that a closure of it captures.
    pub(crate) captures: &'a [u64],
}

impl<const SHIFTED: bool> Code<'_, SHIFTED> {
    #[inline]
    pub(crate) fn word(&self, pc: usize) -> Instruction {
        // Only a function that other passes refuse lacks a word that is asked for.
        self.words.get(pc).copied().unwrap_or(NOWHERE)
    }

    /// Whether the word before `pc` has put a string constant into a register. (As no jump leads
    /// between the two, see `cfg.rs`, it is still there.)
    fn has_just_loaded_string(&self, pc: usize, register: u32) -> bool {
        let (second, first) = (pc.wrapping_sub(1), pc.wrapping_sub(2));
        let (word, before) = (self.word(second), self.word(first));
        let (to, constant) = match (before.opcode(), word.opcode()) {
            (_, Some(OpCode::LoadK)) => (word.a(), word.bx()),
            (Some(OpCode::LoadKx), Some(OpCode::ExtraArg)) => (before.a(), word.ax()),
            _ => return false,
        };
        to == register && matches!(self.constants.get(constant as usize), Some(Constant::String(_)))
    }

    /// First register of the open results that `pc` takes.
    #[inline]
    fn open_from(&self, pc: usize) -> u32 {
        self.word(pc.wrapping_sub(1)).a()
    }
}

/// Reads and writes nothing.
const NOWHERE: Instruction = Instruction::new_ax(OpCode::ExtraArg, 0);

/// Applies the instruction at `pc` to `state`, following its jumps into `graph`.
#[inline(always)]
pub(crate) fn step<const SHIFTED: bool, W: Witness>(
    code: &Code<'_, SHIFTED>,
    pc: usize,
    state: &mut State,
    graph: &mut Graph,
    witness: &mut W,
) -> Next {
    let w = code.window;
    let word = code.word(pc);
    let a = word.a();
    let effect = effect(word);
    let mut ask = Ask { pc, witness };
    ask.defined(state, operands(w, word, effect));
    match effect.kind {
        Kind::Reads | Kind::Nothing => Next::On,
        Kind::Writes => {
            ask.writes(state, w.bit(a));
            state.write(w.bit(a));
            Next::On
        }
        // OP_ADD and its like: on success the word after is skipped; otherwise that word calls the
        // metamethod (`luaT_trybinTM`) and stores its result in *this* word's A. Either way A is
        // written, and only then.
        Kind::Arithmetic => {
            let second = code.word(pc.wrapping_add(1));
            ask.defined(state, operands(w, second, self::effect(second)));
            ask.writes(state, w.bit(a));
            state.write(w.bit(a));
            Next::Past
        }
        Kind::Test => branch(code, pc, state, state, graph, ask.witness),
        // OP_TESTSET: A is written only if the jump is taken.
        Kind::TestSet => {
            let mut taken = *state;
            ask.writes(state, w.bit(a));
            taken.write(w.bit(a));
            branch(code, pc, &taken, state, graph, ask.witness)
        }
        Kind::Jmp => {
            graph.follow(pc, target(pc, word, Jump::Forward), state, ask.witness);
            Next::Stop
        }
        Kind::LFalseSkip => {
            ask.writes(state, w.bit(a));
            state.write(w.bit(a));
            graph.follow(pc, pc.wrapping_add(2), state, ask.witness);
            Next::Stop
        }
        Kind::LoadNil => {
            let registers = w.range(a, word.b().wrapping_add(1));
            ask.writes(state, registers);
            state.write(registers);
            Next::On
        }
        // OP_NEWTABLE: top is A+1 while the table is made and in `checkGC`.
        Kind::NewTable => {
            above(code, state, a, &mut ask);
            state.table |= w.bit(a);
            Next::Past
        }
        // OP_CLOSURE: as OP_NEWTABLE, and `luaF_findupval` makes upvalues of registers before the
        // collector runs.
        Kind::Closure => {
            above(code, state, a, &mut ask);
            capture(code, state, word, &mut ask);
            Next::On
        }
        // OP_SELF: A+1 first, then A; the key's string is taken without looking at its type, which
        // T4 knows from the word before unless someone else could write the register.
        Kind::SelfOp => {
            if !word.k() {
                method_name(code, pc, state, &mut ask);
            }
            let registers = w.range(a, 2);
            ask.writes(state, registers);
            state.write(registers);
            Next::On
        }
        // OP_CONCAT: top starts at A+B and comes down to A+1 as operands are joined; metamethods
        // are called there, and `checkGC` runs with A+1.
        Kind::Concat => {
            ask.defined(state, w.range(a, word.b()));
            above(code, state, a, &mut ask);
            Next::On
        }
        // OP_CLOSE: `luaF_close` closes upvalues, then calls closing methods with top two above the
        // variable. Having closed, nothing above A is known any more.
        Kind::Close => {
            let gone = w.from(a);
            state.captured &= !gone;
            state.pending &= !gone;
            state.kill(gone);
            Next::On
        }
        Kind::Tbc => {
            pend(w, state, a, &mut ask);
            Next::On
        }
        Kind::Call => {
            arguments(code, pc, state, &mut ask);
            hand_over(w, state, a, &mut ask);
            state.defined |= w.range(a, word.c().saturating_sub(1));
            Next::On
        }
        // OP_TAILCALL: a C function that yields leaves the frame as it is, to go on at the next
        // word with its results open (`luaD_poscall`, `luaV_finishOp`).
        Kind::TailCall => {
            arguments(code, pc, state, &mut ask);
            leave(state, word, &mut ask);
            // With k, upvalues are closed while top is where the arguments end already.
            if word.k() {
                ask.breaks(Rule::V2, state.captured & w.from(a));
            }
            state.captured = 0;
            state.kill(w.from(a));
            Next::On
        }
        Kind::Return => {
            let end = if word.b() == 0 {
                code.open_from(pc)
            } else {
                a.wrapping_add(word.b()).wrapping_sub(1)
            };
            ask.defined(state, w.between(a, end));
            // With k, `luaF_close` closes all of the frame, above the values that are returned.
            if !word.k() {
                leave(state, word, &mut ask);
            }
            Next::Stop
        }
        Kind::ReturnFew => {
            leave(state, word, &mut ask);
            Next::Stop
        }
        Kind::ForPrep => {
            for_prep(code, pc, state, graph, &mut ask);
            Next::Stop
        }
        // OP_FORLOOP: takes A to A+2 for three integers or three floats, looking at the tag of one.
        Kind::ForLoop => {
            ask.prepared(state, w.base(a));
            ask.uncaptured(state, w.range(a, 3) & all_if(w.base(a)));
            let mut again = *state;
            ask.writes(state, w.range(a, 4));
            again.write(w.range(a, 4));
            again.looping |= w.base(a);
            graph.follow(pc, target(pc, word, Jump::Loop), &again, ask.witness);
            Next::On
        }
        // OP_TFORPREP: marks A+3, then executes the word at its target as OP_TFORCALL.
        Kind::TForPrep => {
            pend(w, state, a.wrapping_add(3), &mut ask);
            let call = target(pc, word, Jump::Tfor);
            enter_body(code, pc, call, state, graph, ask.witness);
            graph.follow(pc, call, state, ask.witness);
            Next::Stop
        }
        // OP_TFORCALL: copies A to A+2 whole, padding included, to A+4 to A+6, and calls there.
        Kind::TForCall => {
            ask.defined(state, w.range(a, 3));
            hand_over(w, state, a.wrapping_add(4), &mut ask);
            state.defined |= w.range(a.wrapping_add(4), word.c());
            Next::On
        }
        // OP_TFORLOOP: looks at A+4, and writes it to A+2 if the loop goes on.
        Kind::TForLoop => {
            ask.defined(state, w.bit(a.wrapping_add(4)));
            let control = w.bit(a.wrapping_add(2));
            ask.writes(state, control);
            let mut again = *state;
            again.write(control);
            graph.follow(pc, target(pc, word, Jump::Loop), &again, ask.witness);
            Next::On
        }
        // OP_SETLIST: takes A for a table; the collector runs only if memory is short, and then
        // runs no finalizers, but may clear what is above top. If that does not help, the error
        // closes upvalues, all of which must be below top: that is low if the list is open.
        Kind::SetList => {
            ask.table(state, w.bit(a));
            ask.uncaptured(state, w.bit(a));
            let above = a.wrapping_add(1);
            let end = match word.b() {
                0 => code.open_from(pc),
                n => above.wrapping_add(n),
            };
            ask.defined(state, w.between(above, end));
            if word.b() == 0 {
                hand_over(w, state, above, &mut ask);
            } else {
                state.kill(w.from(above));
            }
            if word.k() { Next::Past } else { Next::On }
        }
        // OP_VARARG: the collector may run, with top at the end of the frame; then values are
        // written, up to beyond the frame if all are wanted. Then top is low until they are taken, and
        // a hook may yield there, and its coroutine be closed.
        Kind::Vararg => {
            if word.c() == 0 {
                hand_over(w, state, a, &mut ask);
            } else {
                let registers = w.range(a, word.c().wrapping_sub(1));
                ask.writes(state, registers);
                state.write(registers);
            }
            Next::On
        }
    }
}

/// Registers that A, B and C name and that are read.
#[inline(always)]
fn operands<const SHIFTED: bool>(w: Window<SHIFTED>, word: Instruction, effect: Effect) -> u64 {
    w.bit_if(effect.reads_a(), word.a())
        | w.bit_if(effect.reads_b(), word.b())
        | w.bit_if(effect.reads_c(word.k()), word.c())
}

/// All registers if there is one in the set.
#[inline]
fn all_if(set: u64) -> u64 {
    if set == 0 { 0 } else { u64::MAX }
}

/// A test: the JMP that follows is executed as part of it (`donextjump`) or skipped.
#[inline(always)]
fn branch<const SHIFTED: bool, W: Witness>(
    code: &Code<'_, SHIFTED>,
    pc: usize,
    taken: &State,
    state: &State,
    graph: &mut Graph,
    witness: &mut W,
) -> Next {
    let jump = pc.wrapping_add(1);
    graph.follow(pc, target(jump, code.word(jump), Jump::Forward), taken, witness);
    if graph.is_leader(jump) {
        // The JMP is executed by itself, too.
        graph.follow(pc, pc.wrapping_add(2), state, witness);
        return Next::Stop;
    }
    Next::Past
}

/// A gets a new value that the collector sees, with top right above it.
#[inline(always)]
fn above<const SHIFTED: bool, W: Witness>(
    code: &Code<'_, SHIFTED>,
    state: &mut State,
    a: u32,
    ask: &mut Ask<'_, W>,
) {
    let w = code.window;
    ask.writes(state, w.bit(a));
    hand_over(w, state, a.wrapping_add(1), ask);
    state.write(w.bit(a));
}

/// Whatever runs next may use registers from that one on, which then have lost their values.
#[inline(always)]
fn hand_over<const SHIFTED: bool, W: Witness>(
    w: Window<SHIFTED>,
    state: &mut State,
    first: u32,
    ask: &mut Ask<'_, W>,
) {
    let given = w.from(first);
    if state.held() & given != 0 {
        ask.breaks(Rule::V2, state.captured & given);
        ask.breaks(Rule::C3, state.pending & given);
    }
    state.kill(given);
}

/// The function in A and its arguments have values. Open ones end where top is.
#[inline(always)]
fn arguments<const SHIFTED: bool, W: Witness>(
    code: &Code<'_, SHIFTED>,
    pc: usize,
    state: &State,
    ask: &mut Ask<'_, W>,
) {
    let word = code.word(pc);
    let end = match word.b() {
        0 => code.open_from(pc),
        n => word.a().wrapping_add(n),
    };
    ask.defined(state, code.window.between(word.a(), end));
}

/// The frame goes away. `luaD_poscall` and `luaD_pretailcall` look at neither list; k of TAILCALL
/// closes upvalues, but calls no closing methods.
#[inline(always)]
fn leave<W: Witness>(state: &State, word: Instruction, ask: &mut Ask<'_, W>) {
    if state.held() != 0 {
        ask.breaks(Rule::C2, state.pending);
        if !(word.op_bits() == OpCode::TailCall as u8 && word.k()) {
            ask.breaks(Rule::V3, state.captured);
        }
    }
}

/// `luaF_newtbcupval`: an entry of the list of pending registers holds the distance to the one
/// before, so that it must be above all that may be pending.
#[inline(always)]
fn pend<const SHIFTED: bool, W: Witness>(
    w: Window<SHIFTED>,
    state: &mut State,
    register: u32,
    ask: &mut Ask<'_, W>,
) {
    ask.defined(state, w.bit(register));
    ask.breaks(Rule::C1, state.pending & w.from(register));
    state.pending |= w.bit(register);
}

/// OP_FORPREP (`forprep`): either makes A to A+2 three integers or three floats and A+3 the first
/// of them, or skips the loop, leaving A to A+2 as they were; A+3 may have been written then.
#[inline(always)]
fn for_prep<const SHIFTED: bool, W: Witness>(
    code: &Code<'_, SHIFTED>,
    pc: usize,
    state: &mut State,
    graph: &mut Graph,
    ask: &mut Ask<'_, W>,
) {
    let w = code.window;
    let word = code.word(pc);
    let a = word.a();
    ask.defined(state, w.range(a, 3));
    ask.writes(state, w.range(a, 4));
    let mut body = *state;
    body.write(w.range(a, 4));
    body.looping |= w.base(a);
    graph.follow(pc, pc.wrapping_add(1), &body, ask.witness);
    let variable = w.bit(a.wrapping_add(3));
    let was_defined = state.defined & variable;
    state.kill(variable);
    state.defined |= was_defined;
    graph.follow(pc, target(pc, word, Jump::Prep), state, ask.witness);
}

/// Control reaches a generic loop's body only by TFORLOOP, which stands behind it. That jump is
/// followed here already, so that the body is known before what comes after it is looked at; it
/// says nothing that the two words will not say again.
#[inline(always)]
fn enter_body<const SHIFTED: bool, W: Witness>(
    code: &Code<'_, SHIFTED>,
    pc: usize,
    call: usize,
    state: &State,
    graph: &mut Graph,
    witness: &mut W,
) {
    let w = code.window;
    let repeat = call.wrapping_add(1);
    let (calls, repeats) = (code.word(call), code.word(repeat));
    let is_loop = calls.op_bits() == OpCode::TForCall as u8
        && repeats.op_bits() == OpCode::TForLoop as u8
        && target(repeat, repeats, Jump::Loop) == pc.wrapping_add(1);
    if !is_loop {
        return;
    }
    let first = calls.a().wrapping_add(4);
    let mut body = *state;
    body.kill(w.from(first));
    body.defined |= w.range(first, calls.c());
    body.write(w.bit(repeats.a().wrapping_add(2)));
    graph.follow(pc, pc.wrapping_add(1), &body, witness);
}

/// OP_SELF whose key is in a register, as a compiler makes it when its constant's index is too
/// great for C.
#[cold]
fn method_name<const SHIFTED: bool, W: Witness>(
    code: &Code<'_, SHIFTED>,
    pc: usize,
    state: &State,
    ask: &mut Ask<'_, W>,
) {
    let key = code.word(pc).c();
    let bit = code.window.bit(key);
    if !code.has_just_loaded_string(pc, key) {
        ask.breaks(Rule::T4, bit);
    }
    ask.uncaptured(state, bit);
}

/// OP_CLOSURE of A: makes upvalues of what its prototype names. One above A would lie where
/// finalizers run next, and one of a loop's registers would let others write it.
#[inline(always)]
fn capture<const SHIFTED: bool, W: Witness>(
    code: &Code<'_, SHIFTED>,
    state: &mut State,
    word: Instruction,
    ask: &mut Ask<'_, W>,
) {
    let w = code.window;
    let captured = code.captures.get(word.bx() as usize).copied().unwrap_or(0);
    if captured != 0 {
        let loops = state.looping | state.looping << 1 | state.looping << 2;
        let above = w.from(word.a().wrapping_add(1));
        ask.breaks(Rule::V1, captured & (above | loops));
        ask.defined(state, captured & !above);
        state.captured |= captured;
    }
}

/// Where demands go that are not met.
struct Ask<'a, W> {
    pc: usize,
    witness: &'a mut W,
}

impl<W: Witness> Ask<'_, W> {
    /// None of these registers should be.
    #[inline(always)]
    fn breaks(&mut self, rule: Rule, registers: u64) {
        if registers != 0 {
            self.witness.breaks(self.pc, rule, registers);
        }
    }

    #[inline(always)]
    fn defined(&mut self, state: &State, registers: u64) {
        self.breaks(Rule::T5, registers & !state.defined);
    }

    #[inline(always)]
    fn writes(&mut self, state: &State, registers: u64) {
        self.breaks(Rule::C4, registers & state.pending);
    }

    #[inline(always)]
    fn prepared(&mut self, state: &State, base: u64) {
        self.breaks(Rule::T1, base & !state.looping);
    }

    #[inline(always)]
    fn table(&mut self, state: &State, register: u64) {
        self.breaks(Rule::T3, register & !state.table);
    }

    /// A value that is taken for what an earlier instruction made it stays so: nobody else can
    /// have written it. An upvalue that was closed in between took the fact with it.
    #[inline(always)]
    fn uncaptured(&mut self, state: &State, registers: u64) {
        self.breaks(Rule::V4, registers & state.captured);
    }
}
