//! Code generation (lcode.c), one file per concern. Everything here is a method of the parser,
//! because code is emitted while the source is read and errors name the current token.

mod access;
mod compare;
mod consts;
mod discharge;
mod emit;
mod finish;
mod fold;
mod jumps;
mod lines;
mod operators;
mod regs;

pub(crate) use consts::ConstCache;
pub(crate) use operators::{BinOp, UnOp};
