//! A second verifier, written once more from the rules' words, to compare the first one with.
//!
//! It shares nothing with `moonproof-verifier`, nor does it read the opcode table's roles and
//! spans: each opcode states its own demands, one after the other, and what the real one knows by
//! clever sums is counted here. It is slow and recursive, and says only *whether* a function is
//! fine.

use moonproof_bytecode::{Chunk, Constant, Instruction, OpCode, Proto};

use crate::model_flow;

/// Whether every rule holds of the chunk.
pub fn accepts(chunk: &Chunk) -> bool {
    usize::from(chunk.n_upvalues) == chunk.main.upvalues.len() && tree(&chunk.main, None, 1)
}

fn tree(proto: &Proto, parent: Option<&Proto>, depth: usize) -> bool {
    depth <= 200
        && whole(proto, parent)
        && lines(proto)
        && locals(proto)
        && (0..proto.code.len()).all(|pc| Word { proto, pc }.fine())
        && model_flow::accepts(proto)
        && proto.protos.iter().all(|nested| tree(nested, Some(proto), depth + 1))
}

fn whole(proto: &Proto, parent: Option<&Proto>) -> bool {
    let Some(last) = proto.code.last().and_then(|word| word.opcode()) else { return false };
    let captures = |parent: &Proto| {
        proto.upvalues.iter().all(|upvalue| {
            let idx = usize::from(upvalue.idx);
            match upvalue.in_stack {
                0 => idx < parent.upvalues.len(),
                _ => idx < usize::from(parent.max_stack),
            }
        })
    };
    let first = proto.code.first().and_then(|word| word.opcode());
    matches!(last, OpCode::Return | OpCode::Return0 | OpCode::Return1)
        && proto.upvalues.len() <= 255
        && parent.is_none_or(captures)
        && proto.n_params <= proto.max_stack
        && proto.is_vararg <= 1
        && (proto.is_vararg == 1) == (first == Some(OpCode::VarargPrep))
        && [0, proto.upvalues.len()].contains(&proto.upvalue_names.len())
        && proto.line_defined <= i32::MAX as u32
        && proto.last_line_defined <= i32::MAX as u32
}

/// Looks up the line of every instruction the way the reference does, and fails where that would.
fn lines(proto: &Proto) -> bool {
    let (info, abs) = (&proto.line_info, &proto.abs_line_info);
    if info.is_empty() {
        return true;
    }
    let marked = |pc: usize| abs.iter().filter(|abs| abs.pc as usize == pc).count();
    info.len() == proto.code.len()
        && abs.is_sorted_by_key(|abs| abs.pc)
        && abs.iter().all(|abs| (abs.pc as usize) < info.len() && abs.line <= i32::MAX as u32)
        && info.iter().enumerate().all(|(pc, &delta)| marked(pc) == usize::from(delta == -128))
        && (0..info.len()).all(|pc| line(proto, pc).is_some())
}

fn line(proto: &Proto, pc: usize) -> Option<i32> {
    let abs = &proto.abs_line_info;
    let (mut line, next) = match abs.first() {
        Some(first) if pc >= first.pc as usize => {
            // Before instruction 128 the search starts at the first entry.
            let mut entry = (pc / 128).saturating_sub(1);
            if abs.get(entry)?.pc as usize > pc {
                return None;
            }
            while abs.get(entry + 1).is_some_and(|abs| abs.pc as usize <= pc) {
                entry += 1;
            }
            (i32::try_from(abs[entry].line).ok()?, abs[entry].pc as usize + 1)
        }
        _ => (i32::try_from(proto.line_defined).ok()?, 0),
    };
    for pc in next..=pc {
        line = line.checked_add(i32::from(proto.line_info[pc]))?;
    }
    Some(line)
}

fn locals(proto: &Proto) -> bool {
    let active = |pc: usize| {
        let is_active = |start: u32, end: u32| (start as usize) <= pc && pc < end as usize;
        proto.loc_vars.iter().filter(|var| is_active(var.start_pc, var.end_pc)).count()
    };
    proto.loc_vars.iter().all(|var| var.name.is_some())
        && (0..proto.code.len()).all(|pc| active(pc) <= usize::from(proto.max_stack))
}

/// An instruction where it stands.
#[derive(Clone, Copy)]
struct Word<'a> {
    proto: &'a Proto,
    pc: usize,
}

impl Word<'_> {
    fn word(self) -> Instruction {
        self.proto.code[self.pc]
    }

    fn op(self) -> Option<OpCode> {
        self.word().opcode()
    }

    fn a(self) -> usize {
        self.word().a() as usize
    }

    fn b(self) -> usize {
        self.word().b() as usize
    }

    fn c(self) -> usize {
        self.word().c() as usize
    }

    fn bx(self) -> usize {
        self.word().bx() as usize
    }

    fn register(self, idx: usize) -> bool {
        idx < usize::from(self.proto.max_stack)
    }

    /// Whether `n` registers from `first` up exist; none always do, up to the frame's end.
    fn registers(self, first: usize, n: usize) -> bool {
        first + n <= usize::from(self.proto.max_stack)
    }

    fn upvalue(self, idx: usize) -> bool {
        idx < self.proto.upvalues.len()
    }

    fn constant(self, idx: usize) -> bool {
        idx < self.proto.constants.len()
    }

    fn string(self, idx: usize) -> bool {
        matches!(self.proto.constants.get(idx), Some(Constant::String(_)))
    }

    fn field(self, idx: usize) -> bool {
        matches!(self.proto.constants.get(idx), Some(Constant::String(s)) if s.len() <= 40)
    }

    fn number(self, idx: usize) -> bool {
        matches!(self.proto.constants.get(idx), Some(Constant::Integer(_) | Constant::Float(_)))
    }

    fn integer(self, idx: usize) -> bool {
        matches!(self.proto.constants.get(idx), Some(Constant::Integer(_)))
    }

    fn rk(self) -> bool {
        if self.word().k() { self.constant(self.c()) } else { self.register(self.c()) }
    }

    fn next(self) -> Option<Self> {
        (self.pc + 1 < self.proto.code.len()).then_some(Self { pc: self.pc + 1, ..self })
    }

    fn previous(self) -> Option<Self> {
        Some(Self { pc: self.pc.checked_sub(1)?, ..self })
    }

    fn next_is(self, op: OpCode) -> bool {
        self.next().is_some_and(|next| next.op() == Some(op))
    }

    fn previous_in(self, ops: std::ops::RangeInclusive<OpCode>) -> bool {
        self.previous().and_then(Self::op).is_some_and(|op| ops.contains(&op))
    }

    fn is_vararg(self) -> bool {
        self.proto.is_vararg != 0
    }

    /// C of a return.
    fn shift(self) -> bool {
        let n_params = usize::from(self.proto.n_params);
        self.c() == if self.is_vararg() { n_params + 1 } else { 0 }
    }

    fn event(self) -> bool {
        (6..=17).contains(&self.c())
    }

    /// The instruction at that place, if a jump may lead there.
    fn target(self, pc: i64) -> Option<Self> {
        let pc = usize::try_from(pc).ok().filter(|&pc| pc < self.proto.code.len())?;
        let target = Self { pc, ..self };
        let is_second_half = match target.op()? {
            OpCode::MmBin | OpCode::MmBinI | OpCode::MmBinK => true,
            OpCode::ExtraArg | OpCode::VarargPrep | OpCode::TForLoop => true,
            OpCode::Call | OpCode::TailCall | OpCode::Return | OpCode::SetList => target.b() == 0,
            _ => false,
        };
        (!is_second_half).then_some(target)
    }

    /// A register from which the word before left its results open.
    fn open_before(self) -> Option<usize> {
        let before = self.previous()?;
        let is_open = match before.op()? {
            OpCode::Call | OpCode::Vararg => before.c() == 0,
            OpCode::TailCall => true,
            _ => false,
        };
        is_open.then(|| before.a())
    }

    /// The next word takes what this one leaves open.
    fn is_consumed(self) -> bool {
        self.next().is_some_and(|next| {
            let takes = matches!(
                next.op(),
                Some(OpCode::Call | OpCode::TailCall | OpCode::Return | OpCode::SetList)
            );
            takes && next.b() == 0
        })
    }

    /// If it takes open values, there are some, from `lowest` up or above.
    fn open_from(self, lowest: usize) -> bool {
        self.b() != 0 || self.open_before().is_some_and(|first| first >= lowest)
    }

    fn is_loop(self, other: Option<Self>, op: OpCode, leads_back: impl Fn(Self) -> i64) -> bool {
        other.is_some_and(|other| {
            other.op() == Some(op)
                && other.a() == self.a()
                && leads_back(other) == self.pc as i64 + 1
        })
    }

    fn fine(self) -> bool {
        use OpCode::*;
        let Some(op) = self.op() else { return false };
        let (a, b, c) = (self.a(), self.b(), self.c());
        let r = |idx| self.register(idx);
        let follows = |from: i64| self.target(self.pc as i64 + from);
        match op {
            Move | Unm | BNot | Not | Len => r(a) && r(b),
            LoadI | LoadF | LoadFalse | LoadTrue | Tbc => r(a),
            LoadK => r(a) && self.constant(self.bx()),
            LoadKx => {
                let extra = self.next().filter(|next| next.op() == Some(ExtraArg));
                r(a) && extra.is_some_and(|x| self.constant(x.word().ax() as usize))
            }
            LFalseSkip => r(a) && self.next_is(LoadTrue),
            LoadNil => r(a) && r(a + b),
            GetUpval | SetUpval => r(a) && self.upvalue(b),
            GetTabUp => r(a) && self.upvalue(b) && self.field(c),
            GetTable => r(a) && r(b) && r(c),
            GetI => r(a) && r(b),
            GetField => r(a) && r(b) && self.field(c),
            SetTabUp => self.upvalue(a) && self.field(b) && self.rk(),
            SetTable => r(a) && r(b) && self.rk(),
            SetI => r(a) && self.rk(),
            SetField => r(a) && self.field(b) && self.rk(),
            NewTable => r(a) && self.table(),
            SelfOp => {
                let key = if self.word().k() { self.string(c) } else { r(c) };
                r(a + 1) && r(b) && key
            }
            AddI | ShrI | ShlI => r(a) && r(b) && self.next_is(MmBinI),
            AddK | SubK | MulK | ModK | PowK | DivK | IDivK => {
                r(a) && r(b) && self.number(c) && self.next_is(MmBinK)
            }
            BAndK | BOrK | BXorK => r(a) && r(b) && self.integer(c) && self.next_is(MmBinK),
            Add | Sub | Mul | Mod | Pow | Div | IDiv | BAnd | BOr | BXor | Shl | Shr => {
                r(a) && r(b) && r(c) && self.next_is(MmBin)
            }
            MmBin => r(a) && r(b) && self.event() && self.previous_in(Add..=Shr),
            MmBinI => {
                let immediate = self.previous_in(AddI..=AddI) || self.previous_in(ShrI..=ShlI);
                r(a) && self.event() && immediate
            }
            MmBinK => r(a) && self.constant(b) && self.event() && self.previous_in(AddK..=BXorK),
            Concat => b >= 2 && self.registers(a, b),
            Close => self.registers(a, 0),
            Jmp => follows(1 + i64::from(self.word().sj())).is_some(),
            Eq | Lt | Le => r(a) && r(b) && self.next_is(Jmp),
            EqK => r(a) && self.constant(b) && self.next_is(Jmp),
            EqI | LtI | LeI | GtI | GeI | Test => r(a) && self.next_is(Jmp),
            TestSet => r(a) && r(b) && self.next_is(Jmp),
            Call => {
                r(a) && self.registers(a, b)
                    && self.registers(a, c.saturating_sub(1))
                    && self.open_from(a + 1)
                    && (c != 0 || self.is_consumed())
            }
            TailCall => {
                let same = |next: Self| {
                    let (this, that) = (self.word(), next.word());
                    next.op() == Some(Return)
                        && next.b() == 0
                        && (this.a(), this.c(), this.k()) == (that.a(), that.c(), that.k())
                };
                r(a) && self.registers(a, b)
                    && self.shift()
                    && self.open_from(a + 1)
                    && self.next().is_some_and(same)
            }
            Return => self.registers(a, b.saturating_sub(1)) && self.shift() && self.open_from(a),
            Return0 => self.registers(a, 0) && !self.is_vararg(),
            Return1 => r(a) && !self.is_vararg(),
            ForLoop => {
                let back = -(self.bx() as i64);
                let prep = usize::try_from(self.pc as i64 + back).ok();
                let prep = prep.map(|pc| Self { pc, ..self });
                let skips_to = |p: Self| (p.pc + 2 + p.bx()) as i64;
                r(a + 3) && follows(1 + back).is_some() && self.is_loop(prep, ForPrep, skips_to)
            }
            ForPrep => {
                let end = self.pc + 1 + self.bx();
                let end = (end < self.proto.code.len()).then_some(Self { pc: end, ..self });
                let back_to = |l: Self| l.pc as i64 + 1 - l.bx() as i64;
                r(a + 3)
                    && follows(2 + self.bx() as i64).is_some()
                    && self.is_loop(end, ForLoop, back_to)
            }
            TForPrep => {
                let call = follows(1 + self.bx() as i64);
                r(a + 3) && call.is_some_and(|to| to.op() == Some(TForCall) && to.a() == a)
            }
            TForCall => {
                let ends = self.next().is_some_and(|n| n.op() == Some(TForLoop) && n.a() == a);
                c >= 1 && r(a + 6) && r(a + 3 + c) && ends
            }
            TForLoop => {
                let called = self.previous_in(TForCall..=TForCall);
                r(a + 4) && called && follows(1 - self.bx() as i64).is_some()
            }
            SetList => r(a) && r(a + b) && self.open_from(a + 1) && self.list(),
            Closure => r(a) && self.bx() < self.proto.protos.len(),
            Vararg => {
                let values = self.registers(a, c.saturating_sub(1));
                self.is_vararg() && r(a) && values && (c != 0 || self.is_consumed())
            }
            VarargPrep => {
                self.pc == 0 && self.is_vararg() && a == usize::from(self.proto.n_params) && b == 0
            }
            ExtraArg => self.previous().is_some_and(|before| match before.op() {
                Some(LoadKx | NewTable) => true,
                Some(SetList) => before.word().k(),
                _ => false,
            }),
        }
    }

    /// Sizes of a constructor, in proportion to the function.
    fn table(self) -> bool {
        let Some(extra) = self.next().filter(|next| next.op() == Some(OpCode::ExtraArg)) else {
            return false;
        };
        let n = self.proto.code.len() as u128;
        let pairs = if self.b() == 0 { 0 } else { 1_u128 << (self.b() - 1).min(100) };
        let high = u128::from(extra.word().ax());
        self.word().k() == (high != 0)
            && self.b() <= 31
            && pairs <= 2 * n
            && high * 256 + self.c() as u128 <= 50 * n
    }

    fn list(self) -> bool {
        if !self.word().k() {
            return true;
        }
        let Some(extra) = self.next().filter(|next| next.op() == Some(OpCode::ExtraArg)) else {
            return false;
        };
        let before = u128::from(extra.word().ax()) * 256 + self.c() as u128;
        before <= 50 * self.proto.code.len() as u128
    }
}
