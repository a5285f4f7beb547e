//! A chunk as plain data: what a binary chunk says, no more, and not yet believed.
//!
//! Nothing here is checked against anything else: an instruction may name a register that the
//! function does not have. That is the verifier's business.

use alloc::vec::Vec;

use crate::byte_string::ByteString;
use crate::instruction::Instruction;

/// A precompiled chunk: its main function and the byte in front of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Chunk {
    /// Upvalues of the main closure, as the chunk's byte 31 says.
    pub n_upvalues: u8,
    /// The main function.
    pub main: Proto,
}

/// A function prototype (`Proto`, lobject.h).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Proto {
    /// Chunk name, such as `@file.lua`; `None` means that of the enclosing function, or, in the
    /// main function, that debug information was stripped.
    pub source: Option<ByteString>,
    /// First line of the definition, 0 for a main chunk.
    pub line_defined: u32,
    /// Last line of the definition, 0 for a main chunk.
    pub last_line_defined: u32,
    /// Number of fixed parameters.
    pub n_params: u8,
    /// Whether there are variable arguments: 0 or 1, or anything else in a hostile chunk.
    pub is_vararg: u8,
    /// Registers of a frame.
    pub max_stack: u8,
    /// Instructions.
    pub code: Vec<Instruction>,
    /// Constants.
    pub constants: Vec<Constant>,
    /// How a closure finds its upvalues, one entry per upvalue.
    pub upvalues: Vec<UpvalDesc>,
    /// Functions defined inside this one.
    pub protos: Vec<Self>,
    /// Line delta of each instruction, or empty if stripped.
    pub line_info: Vec<i8>,
    /// Instructions whose delta did not fit, and one about every 128, with their lines.
    pub abs_line_info: Vec<AbsLine>,
    /// Local variables, in order of first activity, or empty if stripped.
    pub loc_vars: Vec<LocVar>,
    /// Upvalue names, one per upvalue, or empty if stripped.
    pub upvalue_names: Vec<Option<ByteString>>,
}

impl Proto {
    /// Bytes that its lists take, but for what their strings have elsewhere, and for the functions in
    /// it.
    pub fn list_bytes(&self) -> usize {
        self.code.capacity() * size_of::<Instruction>()
            + self.constants.capacity() * size_of::<Constant>()
            + self.upvalues.capacity() * size_of::<UpvalDesc>()
            + self.protos.capacity() * size_of::<Self>()
            + self.line_info.capacity()
            + self.abs_line_info.capacity() * size_of::<AbsLine>()
            + self.loc_vars.capacity() * size_of::<LocVar>()
            + self.upvalue_names.capacity() * size_of::<Option<ByteString>>()
    }

    /// Bytes that the items of its lists take, with the same exceptions.
    pub fn item_bytes(&self) -> usize {
        size_of_val(&*self.code)
            + size_of_val(&*self.constants)
            + size_of_val(&*self.upvalues)
            + size_of_val(&*self.line_info)
            + size_of_val(&*self.abs_line_info)
            + size_of_val(&*self.loc_vars)
            + size_of_val(&*self.upvalue_names)
    }

    /// Bytes that its strings have elsewhere, be they shared or not.
    pub fn string_bytes(&self) -> usize {
        let constants = self.constants.iter().map(|constant| match constant {
            Constant::String(string) => string.heap_bytes(),
            _ => 0,
        });
        let locals = self.loc_vars.iter().map(|local| &local.name);
        let names = locals.chain(&self.upvalue_names).chain([&self.source]);
        constants.sum::<usize>() + names.flatten().map(ByteString::heap_bytes).sum::<usize>()
    }
}

/// A constant.
#[derive(Clone, Debug)]
pub enum Constant {
    /// `nil`.
    Nil,
    /// `false` or `true`.
    Bool(bool),
    /// An integer.
    Integer(i64),
    /// A float, of any bit pattern.
    Float(f64),
    /// A string of any bytes.
    String(ByteString),
}

// A chunk may say nil in a byte, over and over.
const _: () = assert!(size_of::<Constant>() == 16);

/// Floats are equal if their bits are, so that a chunk equals itself and `-0.0` is not `0.0`.
impl PartialEq for Constant {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Nil, Self::Nil) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Integer(a), Self::Integer(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a.to_bits() == b.to_bits(),
            (Self::String(a), Self::String(b)) => a == b,
            _ => false,
        }
    }
}

/// Where a closure finds one of its upvalues when it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UpvalDesc {
    /// Nonzero: in register `idx` of the enclosing function; zero: its upvalue `idx`.
    pub in_stack: u8,
    /// Register or upvalue of the enclosing function.
    pub idx: u8,
    /// Kind of the variable: 0 regular, 1 `<const>`, 2 `<close>`, 3 compile-time constant.
    pub kind: u8,
}

/// An instruction whose line is stated outright.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AbsLine {
    /// Index of the instruction, from 0.
    pub pc: u32,
    /// Its line, from 1.
    pub line: u32,
}

/// A local variable's name and the instructions in which it is active.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocVar {
    /// Name; `None` only in a hostile chunk.
    pub name: Option<ByteString>,
    /// First instruction at which it is active.
    pub start_pc: u32,
    /// First instruction at which it is dead.
    pub end_pc: u32,
}
