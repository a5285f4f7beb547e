//! Instructions that leave the fast path: metamethods, conversions, errors.
//!
//! A slow path may push the frame of a metamethod and leave the instruction unfinished; when the
//! metamethod returns, [`Vm::finish_op`] ends it (`luaV_finishOp`).

use moonproof_bytecode::OpCode;
use moonproof_bytecode::number::arith::ArithOp;

use super::Insn;
use super::unchecked::SLOT_BYTES;
use crate::call::{CLOSING_RETURN, CONCAT_SHIFT, FINISH_OP, Next, SWAPPED_LT};
use crate::debug_info::Operand;
use crate::metamethod::Event;
use crate::stack::{NATIVE_ROOM, Slot};
use crate::value::{Tag, Value};
use crate::vm::{Raised, Vm};

/// How long a chain of `__index` or `__newindex` may be (`MAXTAGLOOP`, lvm.c).
pub(crate) const MAX_CHAIN: usize = 2000;

/// What an access found.
pub(crate) enum Access {
    /// The value; for an assignment, that it is done.
    Value(Value),
    /// A function to be called with the object (and key, and value).
    Handler(Value, Value),
}

impl Vm {
    /// Executes an instruction in full, its place saved already.
    #[inline(never)]
    pub(crate) fn slow(&mut self, i: Insn) -> Result<Next, Raised> {
        let frame = self.cur.frame;
        let (base, k) = (frame.base.get(), frame.consts.get());
        let reg = |offset: usize| base.reg(offset).get();
        // The verifier knows the opcode (rule S1), and the internal ones are its variants.
        let Some(op) = super::plain_opcode(i.op()) else { return Ok(Next::RUN) };
        match op {
            OpCode::GetTabUp => {
                let table = self.upvalue(i.b());
                self.get_into(i, table, k.value(i.c()), Operand::Upval(i.b()))
            }
            OpCode::GetTable => self.get_into(i, reg(i.b()), reg(i.c()), Operand::reg(i.b())),
            OpCode::GetI => {
                self.get_into(i, reg(i.b()), Value::int(i.c() as i64), Operand::reg(i.b()))
            }
            OpCode::GetField => self.get_into(i, reg(i.b()), k.value(i.c()), Operand::reg(i.b())),
            OpCode::SelfOp => {
                let object = reg(i.b());
                let key = k.or_register(i.k(), base, i.c());
                base.reg(i.a() + SLOT_BYTES).set(object);
                self.get_into(i, object, key, Operand::reg(i.b()))
            }
            OpCode::SetTabUp => {
                let table = self.upvalue(i.a());
                let value = k.or_register(i.k(), base, i.c());
                self.set_op(table, k.value(i.b()), value, Operand::Upval(i.a()))
            }
            OpCode::SetTable => {
                let value = k.or_register(i.k(), base, i.c());
                self.set_op(reg(i.a()), reg(i.b()), value, Operand::reg(i.a()))
            }
            OpCode::SetI => {
                let value = k.or_register(i.k(), base, i.c());
                self.set_op(reg(i.a()), Value::int(i.b() as i64), value, Operand::reg(i.a()))
            }
            OpCode::SetField => {
                let value = k.or_register(i.k(), base, i.c());
                self.set_op(reg(i.a()), k.value(i.b()), value, Operand::reg(i.a()))
            }
            OpCode::BAndK | OpCode::BOrK | OpCode::BXorK => {
                self.bitwise(i, op, reg(i.b()), k.value(i.c()))
            }
            OpCode::ShrI => self.bitwise(i, OpCode::Shr, reg(i.b()), Value::int(i.sc())),
            OpCode::ShlI => self.bitwise(i, OpCode::Shl, Value::int(i.sc()), reg(i.b())),
            OpCode::BAnd | OpCode::BOr | OpCode::BXor | OpCode::Shl | OpCode::Shr => {
                self.bitwise(i, op, reg(i.b()), reg(i.c()))
            }
            OpCode::AddK
            | OpCode::SubK
            | OpCode::MulK
            | OpCode::ModK
            | OpCode::PowK
            | OpCode::DivK
            | OpCode::IDivK => self.arith(i, op, reg(i.b()), k.value(i.c())),
            OpCode::AddI => self.arith(i, OpCode::Add, reg(i.b()), Value::int(i.sc())),
            OpCode::Add
            | OpCode::Sub
            | OpCode::Mul
            | OpCode::Mod
            | OpCode::Pow
            | OpCode::Div
            | OpCode::IDiv => self.arith(i, op, reg(i.b()), reg(i.c())),
            OpCode::MmBin => {
                let operands = (Operand::reg(i.a()), Operand::reg(i.b()));
                self.binary_handler(Event::from_operand(i.c()), reg(i.a()), reg(i.b()), operands)
            }
            OpCode::MmBinI => {
                let (a, b) = (reg(i.a()), Value::int(i.sb()));
                self.binary_flipped(i, a, b, Operand::reg(i.a()))
            }
            OpCode::MmBinK => {
                self.binary_flipped(i, reg(i.a()), k.value(i.b()), Operand::reg(i.a()))
            }
            OpCode::Unm => {
                let value = reg(i.b());
                if let Some(float) = value.as_float() {
                    base.reg(i.a()).set(Value::float(-float));
                    return Ok(Next::RUN);
                }
                self.binary_handler(
                    Event::Unm,
                    value,
                    value,
                    (Operand::reg(i.b()), Operand::reg(i.b())),
                )
            }
            OpCode::BNot => {
                let value = reg(i.b());
                if let Some(int) = integer_of(value) {
                    base.reg(i.a()).set(Value::int(!int));
                    return Ok(Next::RUN);
                }
                self.binary_handler(
                    Event::BNot,
                    value,
                    value,
                    (Operand::reg(i.b()), Operand::reg(i.b())),
                )
            }
            OpCode::Len => self.len_op(i, reg(i.b())),
            OpCode::Concat => self.concat(base.reg(i.a()), i.b()),
            OpCode::Close => self.close_op(base.reg(i.a())),
            OpCode::Tbc => {
                self.mark_to_close(base.reg(i.a()), i.a() / SLOT_BYTES)?;
                Ok(Next::RUN)
            }
            OpCode::TForPrep => {
                let register = i.a() / SLOT_BYTES + 3;
                self.mark_to_close(base.reg(i.a()).add(3), register)?;
                self.jump_to(i.wide());
                Ok(Next::RUN)
            }
            OpCode::Eq => self.equal_op(i, reg(i.a()), reg(i.b())),
            OpCode::Lt => self.order_op(i, Event::Lt, reg(i.a()), reg(i.b())),
            OpCode::Le => self.order_op(i, Event::Le, reg(i.a()), reg(i.b())),
            OpCode::LtI => self.order_imm(i, Event::Lt, false),
            OpCode::LeI => self.order_imm(i, Event::Le, false),
            OpCode::GtI => self.order_imm(i, Event::Lt, true),
            OpCode::GeI => self.order_imm(i, Event::Le, true),
            OpCode::ForPrep => self.prepare_loop(i, base.reg(i.a())),
            _ => Err(self.runtime_error(b"malformed bytecode")),
        }
    }

    /// Upvalue `n` of the running function.
    fn upvalue(&self, n: usize) -> Value {
        self.cur.frame.function().as_closure().map_or(Value::NIL, |closure| closure.upval(n).get())
    }

    /// Goes on behind a jump of the running function.
    pub(crate) fn jump_to(&mut self, distance: i32) {
        let frame = self.cur.frame;
        frame.pc.set(frame.pc.get().jump(distance));
    }

    /// Calls a metamethod above the registers, to finish the instruction with its result.
    #[inline(always)]
    pub(crate) fn call_handler<const N: usize>(
        &mut self,
        handler: Value,
        args: [Value; N],
    ) -> Result<Next, Raised> {
        if let Some(closure) = handler.as_closure() {
            let proto = closure.proto();
            let func = self.frame_top();
            let top = func.add(N + 1);
            if usize::from(proto.n_params) <= N
                && top.add(usize::from(proto.max_stack)) <= self.cur.limit
                && self.cur.has_frame_room()
                && self.hook_mask == 0
            {
                self.count_c_call()?;
                func.set(handler);
                for (n, arg) in args.into_iter().enumerate() {
                    func.add(n + 1).set(arg);
                }
                self.cur.top = top;
                self.cur.push_frame(func.add(1), proto.entry(), proto.consts(), FINISH_OP, 0);
                return Ok(Next::RUN);
            }
        }
        self.call_any_handler(handler, &args)
    }

    #[inline(never)]
    fn call_any_handler(&mut self, handler: Value, args: &[Value]) -> Result<Next, Raised> {
        let mut func = self.frame_top();
        self.cur.top = func;
        if !self.has_room(args.len() + 1) {
            let position = self.cur.position(func);
            self.grow_stack(args.len() + 1)?;
            func = self.cur.slot_at(position);
        }
        func.set(handler);
        for (n, arg) in args.iter().enumerate() {
            func.add(n + 1).set(*arg);
        }
        Ok(Next::call(func, args.len(), FINISH_OP))
    }

    #[inline(never)]
    pub(super) fn get_into(
        &mut self,
        i: Insn,
        object: Value,
        key: Value,
        operand: Operand,
    ) -> Result<Next, Raised> {
        match self.find(object, key, operand)? {
            Access::Value(value) => {
                self.cur.frame.base.get().reg(i.a()).set(value);
                Ok(Next::RUN)
            }
            Access::Handler(handler, object) => self.call_handler(handler, [object, key]),
        }
    }

    /// Looks a key up along `__index` (`luaV_finishget`).
    #[inline(always)]
    pub(crate) fn find(
        &mut self,
        object: Value,
        key: Value,
        operand: Operand,
    ) -> Result<Access, Raised> {
        let mut current = object;
        let mut operand = operand;
        for _ in 0..MAX_CHAIN {
            let handler = if let Some(table) = current.as_table() {
                let value = table.get(&self.heap, key);
                if !value.is_nil() {
                    return Ok(Access::Value(value));
                }
                let handler = self.handler_in(table.metatable(), Event::Index);
                if handler.is_nil() {
                    return Ok(Access::Value(Value::NIL));
                }
                handler
            } else {
                let handler = self.handler(current, Event::Index);
                if handler.is_nil() {
                    return Err(self.index_error(current, key, operand));
                }
                handler
            };
            if handler.tag().is_function() {
                return Ok(Access::Handler(handler, current));
            }
            current = handler;
            operand = Operand::None;
        }
        Err(self.runtime_error(b"'__index' chain too long; possible loop"))
    }

    #[inline(never)]
    pub(super) fn set_op(
        &mut self,
        object: Value,
        key: Value,
        value: Value,
        operand: Operand,
    ) -> Result<Next, Raised> {
        match self.assign(object, key, value, operand)? {
            Access::Value(_) => Ok(Next::RUN),
            Access::Handler(handler, object) => self.call_handler(handler, [object, key, value]),
        }
    }

    /// Sets a key along `__newindex` (`luaV_finishset`).
    #[inline(always)]
    pub(crate) fn assign(
        &mut self,
        object: Value,
        key: Value,
        value: Value,
        operand: Operand,
    ) -> Result<Access, Raised> {
        let mut current = object;
        let mut operand = operand;
        for _ in 0..MAX_CHAIN {
            let handler = if let Some(table) = current.as_table() {
                let handler = match table.metatable() {
                    None => Value::NIL,
                    Some(metatable) if table.get(&self.heap, key).is_nil() => {
                        self.handler_in(Some(metatable), Event::NewIndex)
                    }
                    Some(_) => Value::NIL,
                };
                if handler.is_nil() {
                    self.raw_set(table, key, value)?;
                    return Ok(Access::Value(Value::NIL));
                }
                handler
            } else {
                let handler = self.handler(current, Event::NewIndex);
                if handler.is_nil() {
                    return Err(self.index_error(current, key, operand));
                }
                handler
            };
            if handler.tag().is_function() {
                return Ok(Access::Handler(handler, current));
            }
            current = handler;
            operand = Operand::None;
        }
        Err(self.runtime_error(b"'__newindex' chain too long; possible loop"))
    }

    /// Arithmetic on what are not two integers or two floats; anything but numbers goes on to the
    /// MMBIN that follows.
    fn arith(&mut self, i: Insn, op: OpCode, a: Value, b: Value) -> Result<Next, Raised> {
        let op = arith_op(op);
        let result = match (a.tag(), b.tag()) {
            (Tag::INT, Tag::INT) if !matches!(op, ArithOp::Div | ArithOp::Pow) => {
                match moonproof_bytecode::number::arith::int_arith(op, a.int_bits(), b.int_bits()) {
                    Some(int) => Value::int(int),
                    None if op == ArithOp::Mod => {
                        return Err(self.runtime_error(b"attempt to perform 'n%0'"));
                    }
                    None => return Err(self.runtime_error(b"attempt to divide by zero")),
                }
            }
            _ => match (a.to_float(), b.to_float()) {
                (Some(a), Some(b)) => {
                    Value::float(moonproof_bytecode::number::arith::float_arith(op, a, b))
                }
                _ => return Ok(Next::RUN),
            },
        };
        self.finish_arith(i, result)
    }

    fn finish_arith(&mut self, i: Insn, result: Value) -> Result<Next, Raised> {
        let frame = self.cur.frame;
        frame.base.get().reg(i.a()).set(result);
        frame.pc.set(frame.pc.get().next());
        Ok(Next::RUN)
    }

    fn bitwise(&mut self, i: Insn, op: OpCode, a: Value, b: Value) -> Result<Next, Raised> {
        use moonproof_bytecode::number::arith::{shift_left, shift_right};
        let (Some(a), Some(b)) = (integer_of(a), integer_of(b)) else {
            return Ok(Next::RUN);
        };
        let result = match op {
            OpCode::BAnd | OpCode::BAndK => a & b,
            OpCode::BOr | OpCode::BOrK => a | b,
            OpCode::BXor | OpCode::BXorK => a ^ b,
            OpCode::Shl => shift_left(a, b),
            _ => shift_right(a, b),
        };
        self.finish_arith(i, Value::int(result))
    }

    fn binary_flipped(
        &mut self,
        i: Insn,
        a: Value,
        b: Value,
        operand: Operand,
    ) -> Result<Next, Raised> {
        let event = Event::from_operand(i.c());
        if i.k() {
            self.binary_handler(event, b, a, (Operand::None, operand))
        } else {
            self.binary_handler(event, a, b, (operand, Operand::None))
        }
    }

    /// Calls the metamethod of a binary operation (`luaT_trybinTM`).
    fn binary_handler(
        &mut self,
        event: Event,
        a: Value,
        b: Value,
        operands: (Operand, Operand),
    ) -> Result<Next, Raised> {
        let mut handler = self.handler(a, event);
        if handler.is_nil() {
            handler = self.handler(b, event);
        }
        if handler.is_nil() {
            return Err(self.operand_error(event, a, b, operands));
        }
        // As a call of it does, if there is room for one and nobody looks.
        if self.hook_mask == 0
            && self.frame_top().add(2 * NATIVE_ROOM) <= self.cur.limit
            && let Some(result) = crate::stdlib::computed_by(handler, event, a, b)
            && let Some(target) = super::calls::result_slot(self, self.cur.frame, Slot::NULL)
        {
            self.count_c_call()?;
            self.uncount_c_calls(1);
            target.set(result);
            return Ok(Next::RUN);
        }
        self.call_handler(handler, [a, b])
    }

    fn len_op(&mut self, i: Insn, value: Value) -> Result<Next, Raised> {
        if let Some(string) = value.as_string() {
            self.cur.frame.base.get().reg(i.a()).set(Value::int(string.len() as i64));
            return Ok(Next::RUN);
        }
        let handler = self.handler(value, Event::Len);
        if !handler.is_nil() {
            return self.call_handler(handler, [value, value]);
        }
        match value.as_table() {
            Some(table) => {
                self.cur.frame.base.get().reg(i.a()).set(Value::int(table.border()));
                Ok(Next::RUN)
            }
            None => Err(self.type_error_of(value, "get length of", Operand::reg(i.b()))),
        }
    }

    /// Closes upvalues and variables from `level` up, one handler at a time: the instruction is
    /// executed again after each.
    #[inline(always)]
    pub(super) fn close_op(&mut self, level: Slot) -> Result<Next, Raised> {
        self.close_upvals(level);
        match self.take_to_close(level) {
            Some(variable) => {
                let handler = self.handler(variable.get(), Event::Close);
                if handler.tag().is_function() {
                    return self.call_handler(handler, [variable.get(), Value::NIL]);
                }
                self.cur.top = self.frame_top();
                self.call_close(variable, Value::NIL, FINISH_OP)
            }
            None => Ok(Next::RUN),
        }
    }

    fn equal_op(&mut self, i: Insn, a: Value, b: Value) -> Result<Next, Raised> {
        let comparable = a.tag() == b.tag() && matches!(a.tag(), Tag::TABLE | Tag::USERDATA);
        if !comparable || a.is_identical(b) {
            return Ok(self.branch(i, a.raw_equals(b)));
        }
        self.equal_by_handler(i, a, b)
    }

    /// `==` of different objects that may have metamethods.
    #[inline]
    pub(super) fn equal_by_handler(&mut self, i: Insn, a: Value, b: Value) -> Result<Next, Raised> {
        let mut handler = self.handler(a, Event::Eq);
        if handler.is_nil() {
            handler = self.handler(b, Event::Eq);
        }
        if handler.is_nil() {
            return Ok(self.branch(i, false));
        }
        self.call_handler(handler, [a, b])
    }

    fn order_imm(&mut self, i: Insn, event: Event, swap: bool) -> Result<Next, Raised> {
        let a = self.cur.frame.base.get().reg(i.a()).get();
        let b = if i.c() != 0 { Value::float(i.sb() as f64) } else { Value::int(i.sb()) };
        if swap { self.order_op(i, event, b, a) } else { self.order_op(i, event, a, b) }
    }

    /// `<` and `<=` (`lessthanothers`, `lessequalothers`, `luaT_callorderTM`).
    fn order_op(&mut self, i: Insn, event: Event, a: Value, b: Value) -> Result<Next, Raised> {
        if let Some(outcome) = compare(event == Event::Le, a, b) {
            return Ok(self.branch(i, outcome));
        }
        self.order_by_handler(event, a, b)
    }

    /// The same for what are not two numbers or two strings.
    #[inline]
    pub(super) fn order_by_handler(
        &mut self,
        event: Event,
        a: Value,
        b: Value,
    ) -> Result<Next, Raised> {
        let mut handler = self.handler(a, event);
        if handler.is_nil() {
            handler = self.handler(b, event);
        }
        if !handler.is_nil() {
            return self.call_handler(handler, [a, b]);
        }
        // Quirk: without `__le`, `a <= b` is `not (b < a)` (LUA_COMPAT_LT_LE).
        if event == Event::Le {
            handler = self.handler(b, Event::Lt);
            if handler.is_nil() {
                handler = self.handler(a, Event::Lt);
            }
            if !handler.is_nil() {
                let info = &self.cur.frame.info;
                info.set(info.get() | SWAPPED_LT);
                return self.call_handler(handler, [b, a]);
            }
        }
        Err(self.compare_error(a, b))
    }

    /// Takes the jump that follows a test if the outcome is the one asked for.
    #[inline(always)]
    pub(super) fn branch(&mut self, i: Insn, outcome: bool) -> Next {
        let frame = self.cur.frame;
        let pc = frame.pc.get();
        frame.pc.set(if outcome == i.k() { pc.next().jump(pc.fetch().wide()) } else { pc.next() });
        Next::RUN
    }

    /// Ends an instruction whose metamethod has returned `value`.
    pub(crate) fn finish_op(&mut self, dest: Slot, value: Value) -> Result<Next, Raised> {
        let frame = self.cur.frame;
        let pc = frame.pc.get();
        let i = pc.current();
        let base = frame.base.get();
        if let Some(target) = super::calls::result_slot(self, frame, dest) {
            target.set(value);
            return Ok(Next::RUN);
        }
        if super::calls::is_comparison(i) {
            let info = frame.info.get();
            frame.info.set(info & !SWAPPED_LT);
            return Ok(self.branch(i, value.is_falsy() == (info & SWAPPED_LT != 0)));
        }
        let Some(op) = super::plain_opcode(i.op()) else { return Ok(Next::RUN) };
        match op {
            OpCode::Concat => {
                let left = (frame.info.get() >> CONCAT_SHIFT & 0xFF) as usize;
                base.reg(i.a()).add(left - 1).set(value);
                return self.concat(base.reg(i.a()), left);
            }
            OpCode::Close => {
                frame.pc.set(pc.back());
                self.skip_trace();
            }
            OpCode::Return => {
                // The number of results was left below the handler's place.
                if frame.info.get() & CLOSING_RETURN != 0 {
                    frame.info.set(frame.info.get() & !CLOSING_RETURN);
                    let n = dest.sub(1).get().as_int().unwrap_or(0);
                    let first = base.reg(i.a());
                    let n = (n as usize).min(dest.above(first).saturating_sub(1));
                    self.cur.top = first.add(n);
                }
                frame.pc.set(pc.back());
                self.skip_trace();
            }
            _ => {}
        }
        Ok(Next::RUN)
    }
}

/// A number as an integer, if it has that value; strings are not converted (`luaV_tointegerns`).
fn integer_of(value: Value) -> Option<i64> {
    match value.tag() {
        Tag::INT => Some(value.int_bits()),
        Tag::FLOAT => moonproof_bytecode::number::convert::float_to_integer(value.float_bits()),
        _ => None,
    }
}

/// Compares numbers or strings; `None` for anything else.
#[inline(never)]
pub(crate) fn compare(or_equal: bool, a: Value, b: Value) -> Option<bool> {
    use moonproof_bytecode::number::compare;
    if let (Some(a), Some(b)) = (a.as_string(), b.as_string()) {
        return Some(if or_equal { a.bytes() <= b.bytes() } else { a.bytes() < b.bytes() });
    }
    let (a, b) = (a.as_number()?, b.as_number()?);
    Some(if or_equal { compare::le(a, b) } else { compare::lt(a, b) })
}

fn arith_op(op: OpCode) -> ArithOp {
    match op {
        OpCode::Add | OpCode::AddK => ArithOp::Add,
        OpCode::Sub | OpCode::SubK => ArithOp::Sub,
        OpCode::Mul | OpCode::MulK => ArithOp::Mul,
        OpCode::Mod | OpCode::ModK => ArithOp::Mod,
        OpCode::Pow | OpCode::PowK => ArithOp::Pow,
        OpCode::Div | OpCode::DivK => ArithOp::Div,
        _ => ArithOp::IDiv,
    }
}
