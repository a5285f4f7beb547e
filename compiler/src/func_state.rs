//! The function being compiled (`FuncState`, lparser.h), and the pieces its prototype is made of.
//!
//! The lists keep their memory from one function to the next; [`crate::parser`] copies them out at
//! their exact size when a function ends.

use std::collections::HashMap;

use moonproof_bytecode::{AbsLine, Instruction};

use crate::scope::VarKind;
use crate::strings::StrId;

/// Index of an instruction. Signed, as jump lists end in [`NO_JUMP`].
pub(crate) type Pc = i32;
/// Number of a register. One beyond the last is representable, 255 is `NO_REG`.
pub(crate) type Reg = u32;

/// End of a jump list, and a jump whose target is open.
pub(crate) const NO_JUMP: Pc = -1;

/// A constant, or the value of a compile-time constant variable.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value {
    Nil,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Str(StrId),
}

impl Value {
    /// Same type and equal value. Quirk: zeros are equal whatever their signs, as for
    /// `luaV_rawequalobj`.
    #[inline]
    pub(crate) fn is_same_constant(self, other: Self) -> bool {
        match (self, other) {
            (Self::Nil, Self::Nil) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Integer(a), Self::Integer(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a == b,
            (Self::Str(a), Self::Str(b)) => a == b,
            _ => false,
        }
    }
}

/// An upvalue of the function (`Upvaldesc`).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Upvalue {
    pub(crate) name: StrId,
    pub(crate) in_stack: bool,
    pub(crate) idx: u8,
    pub(crate) kind: VarKind,
}

/// Debug information of a local variable (`LocVar`).
#[derive(Clone, Copy, Debug)]
pub(crate) struct LocalInfo {
    pub(crate) name: StrId,
    pub(crate) start_pc: Pc,
    pub(crate) end_pc: Pc,
}

/// A block (`BlockCnt`).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
    /// Where its labels start in the list of all labels.
    pub(crate) first_label: usize,
    /// Where its pending gotos start in the list of all gotos.
    pub(crate) first_goto: usize,
    /// Variables active outside it.
    pub(crate) n_active: u32,
    /// Whether some variable of it is an upvalue of an inner function or must be closed.
    pub(crate) has_upvalue: bool,
    pub(crate) is_loop: bool,
    /// Whether it is inside the scope of a variable to be closed.
    pub(crate) inside_tbc: bool,
}

/// State of the function being compiled.
#[derive(Default)]
pub(crate) struct FuncState {
    pub(crate) line_defined: u32,
    pub(crate) last_line_defined: u32,
    pub(crate) n_params: u8,
    pub(crate) is_vararg: bool,
    pub(crate) max_stack: u8,

    pub(crate) code: Vec<Instruction>,
    pub(crate) line_info: Vec<i8>,
    pub(crate) abs_line_info: Vec<AbsLine>,
    /// A jump near the end of each long jump list, by the first jump.
    pub(crate) list_ends: HashMap<Pc, Pc>,
    pub(crate) constants: Vec<Value>,
    pub(crate) upvalues: Vec<Upvalue>,
    pub(crate) locals: Vec<LocalInfo>,
    /// Blocks around the current position, outermost first; never empty while code is emitted.
    pub(crate) blocks: Vec<Block>,

    /// Functions inside it so far, the one being compiled included.
    pub(crate) n_protos: u32,
    /// Where its finished inner functions start in the list of all of them.
    pub(crate) first_proto: usize,
    /// Position that was last made a jump target.
    pub(crate) last_target: Pc,
    /// Line of the instruction emitted last.
    pub(crate) previous_line: u32,
    /// Instructions since the last absolute line entry.
    pub(crate) since_abs_line: u32,
    /// Where its variables start in the list of all variables.
    pub(crate) first_local: usize,
    /// Where its labels start in the list of all labels.
    pub(crate) first_label: usize,
    /// Active variables, compile-time constants included.
    pub(crate) n_active: u32,
    /// Registers that active variables occupy (`luaY_nvarstack`).
    pub(crate) n_var_regs: Reg,
    /// First free register.
    pub(crate) free_reg: Reg,
    /// Whether returning must close upvalues or variables.
    pub(crate) needs_close: bool,
}

impl FuncState {
    /// Makes it the state of a new function defined on `line`, 0 for the main function. Mirrors
    /// the first half of `open_func`.
    pub(crate) fn reset(&mut self, line: u32) {
        self.line_defined = line;
        self.last_line_defined = 0;
        self.n_params = 0;
        self.is_vararg = false;
        // Registers 0 and 1 are always valid.
        self.max_stack = 2;
        self.code.clear();
        self.line_info.clear();
        self.abs_line_info.clear();
        self.list_ends.clear();
        self.constants.clear();
        self.upvalues.clear();
        self.locals.clear();
        self.blocks.clear();
        self.n_protos = 0;
        self.last_target = 0;
        self.previous_line = line;
        self.since_abs_line = 0;
        self.n_active = 0;
        self.n_var_regs = 0;
        self.free_reg = 0;
        self.needs_close = false;
    }

    /// Bytes that its lists take.
    pub(crate) fn bytes(&self) -> usize {
        self.code.capacity() * size_of::<Instruction>()
            + self.line_info.capacity()
            + self.abs_line_info.capacity() * size_of::<AbsLine>()
            + self.list_ends.capacity() * 2 * size_of::<(Pc, Pc)>()
            + self.constants.capacity() * size_of::<Value>()
            + self.locals.capacity() * size_of::<LocalInfo>()
    }

    /// Position of the next instruction.
    #[inline]
    pub(crate) fn pc(&self) -> Pc {
        self.code.len() as Pc
    }

    #[inline]
    pub(crate) fn instruction(&mut self, pc: Pc) -> &mut Instruction {
        &mut self.code[pc as usize]
    }

    /// The innermost block.
    #[inline]
    pub(crate) fn block(&mut self) -> &mut Block {
        let innermost = self.blocks.len() - 1;
        &mut self.blocks[innermost]
    }
}
