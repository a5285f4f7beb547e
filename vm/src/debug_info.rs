//! Where code is and what its values are called: lines, names of variables and functions,
//! tracebacks (ldebug.c, and the traceback of lauxlib.c).
//!
//! Names come from the debug information and from looking at the code that set a register. They
//! serve messages only; nothing here is trusted.

use moonproof_bytecode::{Constant, Instruction, OpCode, Proto, chunk_id};

use crate::metamethod::Event;
use crate::proto::SharedProto;
use crate::stack::{FrameRef, Slot, Stack};
use crate::string::c_string;
use crate::value::{Tag, Value};
use crate::vm::{Raised, Vm};

/// Where an instruction's operand came from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Operand {
    /// A register, by number.
    Register(usize),
    /// An upvalue of the running function.
    Upval(usize),
    /// A constant, or nothing that has a name.
    None,
}

impl Operand {
    /// The register at a byte offset from the base.
    pub(crate) const fn reg(offset: usize) -> Self {
        Self::Register(offset / crate::interp::SLOT_BYTES)
    }
}

/// What kind of thing a name is, and the name.
pub(crate) type Name = (&'static str, Vec<u8>);

/// Local variable `n`, from 1, at `pc`, by its number among those of the function
/// (`luaF_getlocalname`).
pub(crate) fn local_at(proto: &Proto, n: usize, pc: usize) -> Option<usize> {
    let pc = pc as u32;
    let vars = proto.loc_vars.iter().enumerate();
    vars.take_while(|(_, var)| var.start_pc <= pc)
        .filter(|(_, var)| pc < var.end_pc)
        .nth(n.checked_sub(1)?)
        .map(|(i, _)| i)
}

/// The name of a local variable, given by what [`local_at`] has found.
pub(crate) fn local_name(proto: &Proto, i: usize) -> &[u8] {
    c_string(proto.loc_vars.get(i).and_then(|var| var.name.as_deref()).unwrap_or(b"?"))
}

/// The name of local variable `n`, from 1, at `pc`.
fn local_name_at(proto: &Proto, n: usize, pc: usize) -> Option<Vec<u8>> {
    local_at(proto, n, pc).map(|i| local_name(proto, i).to_vec())
}

pub(crate) fn upvalue_name(proto: &Proto, n: usize) -> &[u8] {
    match proto.upvalue_names.get(n) {
        Some(Some(name)) => c_string(name),
        _ => b"?",
    }
}

/// The instruction before `last` that set a register, if that is certain (`findsetreg`).
fn find_set_register(proto: &Proto, last: usize, register: u32) -> Option<usize> {
    let last = match proto.code.get(last)?.opcode() {
        Some(op) if op.info().modes.mm => last.checked_sub(1)?,
        _ => last,
    };
    let mut found = None;
    let mut jump_target = 0;
    for (pc, i) in proto.code.iter().enumerate().take(last) {
        let a = i.a();
        let Some(op) = i.opcode() else { continue };
        let sets = match op {
            OpCode::LoadNil => (a..=a + i.b()).contains(&register),
            OpCode::TForCall => register >= a + 2,
            OpCode::Call | OpCode::TailCall => register >= a,
            OpCode::Jmp => {
                let target = (pc as i64 + 1 + i64::from(i.sj())).max(0) as usize;
                if target <= last && target > jump_target {
                    jump_target = target;
                }
                false
            }
            _ => op.info().modes.a && register == a,
        };
        if sets {
            // Inside a jump, nobody knows who sets the register.
            found = (pc >= jump_target).then_some(pc);
        }
    }
    found
}

fn constant_name(proto: &Proto, index: usize) -> Option<Vec<u8>> {
    match proto.constants.get(index) {
        Some(Constant::String(name)) => Some(c_string(name).to_vec()),
        _ => None,
    }
}

/// The name of a register's content, or else the instruction that set it (`basicgetobjname`).
fn basic_name(proto: &Proto, pc: usize, register: u32) -> Result<Name, Option<usize>> {
    if let Some(name) = local_name_at(proto, register as usize + 1, pc) {
        return Ok(("local", name));
    }
    let pc = find_set_register(proto, pc, register).ok_or(None)?;
    let i = proto.code[pc];
    let constant = |index: usize| match constant_name(proto, index) {
        Some(name) => Ok(("constant", name)),
        None => Err(Some(pc)),
    };
    match i.opcode() {
        Some(OpCode::Move) if i.b() < i.a() => basic_name(proto, pc, i.b()),
        Some(OpCode::GetUpval) => Ok(("upvalue", upvalue_name(proto, i.b() as usize).to_vec())),
        Some(OpCode::LoadK) => constant(i.bx() as usize),
        Some(OpCode::LoadKx) => {
            constant(proto.code.get(pc + 1).map_or(usize::MAX, |extra| extra.ax() as usize))
        }
        _ => Err(Some(pc)),
    }
}

/// The name of a register's content (`getobjname`).
fn object_name(proto: &Proto, pc: usize, register: u32) -> Option<Name> {
    let pc = match basic_name(proto, pc, register) {
        Ok(name) => return Some(name),
        Err(pc) => pc?,
    };
    let i = proto.code[pc];
    let constant = |index: u32| constant_name(proto, index as usize).unwrap_or(b"?".to_vec());
    let register_name = |register: u32| match basic_name(proto, pc, register) {
        Ok(("constant", name)) => name,
        _ => b"?".to_vec(),
    };
    let of_env = |is_env: bool| if is_env { "global" } else { "field" };
    let indexes_env = |register: u32| matches!(basic_name(proto, pc, register), Ok(("local" | "upvalue", name)) if name == b"_ENV");
    match i.opcode()? {
        OpCode::GetTabUp => {
            let is_env = upvalue_name(proto, i.b() as usize) == b"_ENV";
            Some((of_env(is_env), constant(i.c())))
        }
        OpCode::GetTable => Some((of_env(indexes_env(i.b())), register_name(i.c()))),
        OpCode::GetI => Some(("field", b"integer index".to_vec())),
        OpCode::GetField => Some((of_env(indexes_env(i.b())), constant(i.c()))),
        OpCode::SelfOp => {
            Some(("method", if i.k() { constant(i.c()) } else { register_name(i.c()) }))
        }
        _ => None,
    }
}

/// The name of the function that an instruction calls (`funcnamefromcode`).
fn called_name(proto: &Proto, pc: usize) -> Option<Name> {
    let i: Instruction = *proto.code.get(pc)?;
    let event = match i.opcode()? {
        OpCode::Call | OpCode::TailCall => return object_name(proto, pc, i.a()),
        OpCode::TForCall => return Some(("for iterator", b"for iterator".to_vec())),
        OpCode::SelfOp | OpCode::GetTabUp | OpCode::GetTable | OpCode::GetI | OpCode::GetField => {
            Event::Index
        }
        OpCode::SetTabUp | OpCode::SetTable | OpCode::SetI | OpCode::SetField => Event::NewIndex,
        OpCode::MmBin | OpCode::MmBinI | OpCode::MmBinK => Event::from_operand(i.c() as usize),
        OpCode::Unm => Event::Unm,
        OpCode::BNot => Event::BNot,
        OpCode::Len => Event::Len,
        OpCode::Concat => Event::Concat,
        OpCode::Eq => Event::Eq,
        OpCode::Lt | OpCode::LtI | OpCode::GtI => Event::Lt,
        OpCode::Le | OpCode::LeI | OpCode::GeI => Event::Le,
        OpCode::Close | OpCode::Return => Event::Close,
        _ => return None,
    };
    let name = moonproof_bytecode::EVENT_NAMES[event as usize];
    Some(("metamethod", name.as_bytes()[2..].to_vec()))
}

/// The shared prototype of a Lua frame, and the instruction it is at.
pub(crate) fn lua_place(
    frame: FrameRef,
) -> Option<(crate::heap::Gc<crate::proto::FuncProto>, usize)> {
    let closure = frame.function().as_closure().filter(|_| frame.is_lua())?;
    let proto = closure.proto();
    Some((proto, proto.current_index(frame.pc.get())))
}

/// A description of a function's place for messages: chunk and line.
pub(crate) fn short_source(proto: &SharedProto) -> Vec<u8> {
    chunk_id(proto.source.as_deref().unwrap_or(b"=?"))
}

/// The line that a frame is at; `None` in native functions and without debug information.
pub(crate) fn line_of(frame: FrameRef) -> Option<u32> {
    let (proto, pc) = lua_place(frame)?;
    proto.shared.proto.line_at(pc as u32)
}

impl Vm {
    /// The name of the function that runs in a frame, from the code that called it
    /// (`getfuncname`).
    pub(crate) fn function_name(&self, stack: &Stack, depth: usize) -> Option<Name> {
        let below = depth.checked_sub(1)?;
        if stack.frame_at(depth).is_tail_called() {
            return None;
        }
        if stack.hooks.as_ref().is_some_and(|hooks| hooks.runs_at(below)) {
            return Some(("hook", b"?".to_vec()));
        }
        if stack.finalizing_at == Some(below as u32) {
            return Some(("metamethod", b"__gc".to_vec()));
        }
        let (proto, pc) = lua_place(stack.frame_at(below))?;
        called_name(&proto.shared.proto, pc)
    }

    /// " (kind 'name')" of an operand of the running instruction, or nothing (`varinfo`).
    fn variable_info(&self, operand: Operand) -> Vec<u8> {
        let Some((proto, pc)) = lua_place(self.cur.frame) else { return Vec::new() };
        let proto = &proto.shared.proto;
        format_info(match operand {
            Operand::Register(register) => object_name(proto, pc, register as u32),
            Operand::Upval(n) => Some(("upvalue", upvalue_name(proto, n).to_vec())),
            Operand::None => None,
        })
    }

    /// What it costs to find the name of something in the code of a frame, in units of fuel.
    pub(crate) fn naming_units(&self, stack: &Stack, depth: usize) -> usize {
        match lua_place(stack.frame_at(depth)) {
            Some((proto, pc)) => pc / 8 + proto.shared.proto.loc_vars.len() / 16,
            None => 0,
        }
    }

    /// What it costs to look for a function in all modules.
    pub(crate) fn global_name_units(&self) -> usize {
        let Some(loaded) = self.registry.get_name(self.names.loaded).as_table() else { return 0 };
        let mut position = 0;
        let mut units = 0;
        while let Some((next, _, module)) = loaded.next_at(position) {
            position = next;
            units += module.as_table().map_or(0, |module| module.size() as usize / 4);
        }
        units
    }

    #[cold]
    fn operation_error(&mut self, value: Value, operation: &str, info: &[u8]) -> Raised {
        self.spend(self.naming_units(&self.cur, self.cur.depth()));
        let mut message = format!("attempt to {operation} a ").into_bytes();
        message.extend_from_slice(&self.meta_type_name(value));
        message.extend_from_slice(b" value");
        message.extend_from_slice(info);
        self.runtime_error(&message)
    }

    /// The type's name, or a metatable's `__name` (`luaT_objtypename`).
    fn meta_type_name(&self, value: Value) -> Vec<u8> {
        if matches!(value.tag(), Tag::TABLE | Tag::USERDATA)
            && let Some(metatable) = self.metatable_of(value)
            && let Some(name) = metatable.get_name(self.names.name).as_string()
        {
            return c_string(name.bytes()).to_vec();
        }
        value.tag().lua_type().name().as_bytes().to_vec()
    }

    /// "attempt to do something to a nil value (local 'x')" (`luaG_typeerror`).
    #[cold]
    pub(crate) fn type_error_of(
        &mut self,
        value: Value,
        operation: &str,
        operand: Operand,
    ) -> Raised {
        let info = self.variable_info(operand);
        self.operation_error(value, operation, &info)
    }

    #[cold]
    pub(crate) fn index_error(&mut self, value: Value, _key: Value, operand: Operand) -> Raised {
        self.type_error_of(value, "index", operand)
    }

    /// The value in `func` cannot be called (`luaG_callerror`).
    #[cold]
    pub(crate) fn call_error(&mut self, func: Slot) -> Raised {
        let value = func.get();
        let name =
            lua_place(self.cur.frame).and_then(|(proto, pc)| called_name(&proto.shared.proto, pc));
        let info = match name {
            Some(name) => format_info(Some(name)),
            None => {
                let register = func.above(self.cur.frame.base.get());
                self.variable_info(Operand::Register(register))
            }
        };
        self.operation_error(value, "call", &info)
    }

    /// As [`Vm::call_error`], for a function whose name is known.
    #[cold]
    pub(crate) fn call_error_for(&mut self, value: Value, what: &str) -> Raised {
        self.operation_error(value, "call", format!(" ({what})").as_bytes())
    }

    /// A variable without `__close` was to be closed.
    #[cold]
    pub(crate) fn not_closable(&mut self, register: usize) -> Raised {
        let name = lua_place(self.cur.frame)
            .and_then(|(proto, pc)| local_name_at(&proto.shared.proto, register + 1, pc));
        let name = name.unwrap_or(b"?".to_vec());
        self.runtime_error(
            &[b"variable '", name.as_slice(), b"' got a non-closable value"].concat(),
        )
    }

    /// "bad 'for' limit (number expected, got nil)" (`luaG_forerror`).
    #[cold]
    pub(crate) fn for_error(&mut self, value: Value, what: &str) -> Raised {
        let mut message = format!("bad 'for' {what} (number expected, got ").into_bytes();
        message.extend_from_slice(&self.meta_type_name(value));
        message.push(b')');
        self.runtime_error(&message)
    }

    /// Neither operand can be computed with (`luaT_trybinTM`).
    #[cold]
    pub(crate) fn operand_error(
        &mut self,
        event: Event,
        a: Value,
        b: Value,
        operands: (Operand, Operand),
    ) -> Raised {
        let bitwise = matches!(
            event,
            Event::BAnd | Event::BOr | Event::BXor | Event::Shl | Event::Shr | Event::BNot
        );
        if bitwise && a.tag().is_number() && b.tag().is_number() {
            // A float without integer value: the first that is one.
            let operand =
                if crate::native::to_integer(a).is_none() { operands.0 } else { operands.1 };
            let info = self.variable_info(operand);
            return self.runtime_error(
                &[b"number", info.as_slice(), b" has no integer representation"].concat(),
            );
        }
        let operation =
            if bitwise { "perform bitwise operation on" } else { "perform arithmetic on" };
        if a.tag().is_number() {
            self.type_error_of(b, operation, operands.1)
        } else {
            self.type_error_of(a, operation, operands.0)
        }
    }

    /// The values in `first` and above it cannot be concatenated (`luaG_concaterror`).
    #[cold]
    pub(crate) fn concat_error(&mut self, first: Slot) -> Raised {
        let is_fine = first.get().tag().is_string() || first.get().tag().is_number();
        let wrong = if is_fine { first.add(1) } else { first };
        let register = wrong.above(self.cur.frame.base.get());
        self.type_error_of(wrong.get(), "concatenate", Operand::Register(register))
    }

    /// "attempt to compare two nil values" (`luaG_ordererror`).
    #[cold]
    pub(crate) fn compare_error(&mut self, a: Value, b: Value) -> Raised {
        let (a, b) = (self.meta_type_name(a), self.meta_type_name(b));
        let message = if a == b {
            [b"attempt to compare two ", a.as_slice(), b" values"].concat()
        } else {
            [b"attempt to compare ", a.as_slice(), b" with ", b.as_slice()].concat()
        };
        self.runtime_error(&message)
    }

    /// "bad argument #i to 'f' (what)" (`luaL_argerror`).
    #[cold]
    pub(crate) fn arg_error_bytes(&mut self, i: usize, what: &[u8]) -> Raised {
        let mut i = i;
        let depth = self.cur.depth();
        self.spend(self.naming_units(&self.cur, depth.saturating_sub(1)));
        let name = self.function_name(&self.cur, depth);
        if name.is_none() {
            self.spend(self.global_name_units());
        }
        let name = match name {
            Some(("method", name)) => {
                i -= 1;
                if i == 0 {
                    let message =
                        [b"calling '", name.as_slice(), b"' on bad self (", what, b")"].concat();
                    return self.error_at_caller(&message);
                }
                name
            }
            Some((_, name)) => name,
            None => self.global_name(self.cur.frame.function()).unwrap_or(b"?".to_vec()),
        };
        let number = i.to_string();
        let message =
            [b"bad argument #", number.as_bytes(), b" to '", name.as_slice(), b"' (", what, b")"]
                .concat();
        self.error_at_caller(&message)
    }

    /// The name by which a function is found in the loaded modules (`pushglobalfuncname`).
    pub(crate) fn global_name(&self, function: Value) -> Option<Vec<u8>> {
        let loaded = self.registry.get(&self.heap, Value::string(self.names.loaded)).as_table()?;
        let mut position = 0;
        while let Some((next, module_name, module)) = loaded.next_at(position) {
            position = next;
            let Some(module_name) = module_name.as_string() else { continue };
            if module.raw_equals(function) {
                return Some(module_name.bytes().to_vec());
            }
            let Some(module) = module.as_table() else { continue };
            let mut field = 0;
            while let Some((next, name, value)) = module.next_at(field) {
                field = next;
                let Some(name) = name.as_string() else { continue };
                if value.raw_equals(function) {
                    if module_name.bytes() == b"_G" {
                        return Some(name.bytes().to_vec());
                    }
                    return Some([module_name.bytes(), b".", name.bytes()].concat());
                }
            }
        }
        None
    }

    /// What a traceback costs, at most about.
    pub(crate) fn traceback_units(&self, stack: &Stack) -> usize {
        const MOST_LEVELS: usize = 22;
        let depth = stack.depth();
        let frames = (0..=depth).rev().chain(0..depth.min(MOST_LEVELS / 2)).take(MOST_LEVELS);
        let naming: usize = frames.map(|depth| self.naming_units(stack, depth)).sum();
        naming + depth.min(MOST_LEVELS) * self.global_name_units()
    }

    /// The frames of a stack from the top down, as text (`luaL_traceback`).
    pub(crate) fn traceback(&self, stack: &Stack, message: Option<&[u8]>, level: usize) -> Vec<u8> {
        const FIRST_LEVELS: usize = 10;
        const LAST_LEVELS: usize = 11;
        let mut out = Vec::new();
        if let Some(message) = message {
            out.extend_from_slice(message);
            out.push(b'\n');
        }
        out.extend_from_slice(b"stack traceback:");
        let depth = stack.depth();
        let n_levels = depth.saturating_sub(level);
        let skip = (n_levels > FIRST_LEVELS + LAST_LEVELS + 1).then(|| n_levels - LAST_LEVELS);
        let mut n = 0;
        while n < n_levels {
            if let Some(end) = skip.filter(|_| n == FIRST_LEVELS) {
                out.extend_from_slice(
                    // Quirk: one more is skipped than is said.
                    format!("\n\t...\t(skipping {} levels)", end - FIRST_LEVELS - 1).as_bytes(),
                );
                n = end;
                continue;
            }
            self.trace_frame(stack, depth - level - n, &mut out);
            n += 1;
        }
        out
    }

    fn trace_frame(&self, stack: &Stack, depth: usize, out: &mut Vec<u8>) {
        let frame = stack.frame_at(depth);
        let place = lua_place(frame);
        match &place {
            Some((proto, _)) => {
                out.extend_from_slice(b"\n\t");
                out.extend_from_slice(&short_source(&proto.shared));
                if let Some(line) = line_of(frame) {
                    out.extend_from_slice(format!(":{line}").as_bytes());
                }
                out.extend_from_slice(b": in ");
            }
            None => out.extend_from_slice(b"\n\t[C]: in "),
        }
        if let Some(name) = self.global_name(frame.function()) {
            out.extend_from_slice(b"function '");
            out.extend_from_slice(&name);
            out.push(b'\'');
        } else if let Some((kind, name)) = self.function_name(stack, depth) {
            out.extend_from_slice(kind.as_bytes());
            out.extend_from_slice(b" '");
            out.extend_from_slice(&name);
            out.push(b'\'');
        } else if let Some((proto, _)) = &place {
            let proto = &proto.shared;
            if proto.proto.line_defined == 0 {
                out.extend_from_slice(b"main chunk");
            } else {
                out.extend_from_slice(b"function <");
                out.extend_from_slice(&short_source(proto));
                out.extend_from_slice(format!(":{}>", proto.proto.line_defined).as_bytes());
            }
        } else {
            out.push(b'?');
        }
        if frame.is_tail_called() {
            out.extend_from_slice(b"\n\t(...tail calls...)");
        }
    }
}

fn format_info(name: Option<Name>) -> Vec<u8> {
    match name {
        Some((kind, name)) => [b" (", kind.as_bytes(), b" '", name.as_slice(), b"')"].concat(),
        None => Vec::new(),
    }
}
