//! Lua 5.4 bytecode: opcodes, chunks, and (as they are written) loader, dumper and listing.
#![forbid(unsafe_code)]

mod byte_string;
mod chunk;
pub mod instruction;
pub mod limits;
pub mod number;
pub mod opcode;

pub use byte_string::ByteString;
pub use chunk::{AbsLine, Chunk, Constant, LocVar, Proto, UpvalDesc};
pub use instruction::Instruction;
pub use opcode::OpCode;
