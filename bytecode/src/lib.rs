//! Lua 5.4 bytecode: the opcode table, instructions, chunks and Lua numbers; loader, dumper and
//! listing.
//!
//! A chunk is plain data that says what its bytes say. Loading checks form, not sense:
//!
//! ```
//! use moonproof_bytecode::{Chunk, LoadErrorKind, Proto, Strip, dump, load};
//!
//! let chunk = Chunk { n_upvalues: 0, main: Proto { max_stack: 2, ..Proto::default() } };
//! let bytes = dump(&chunk, Strip::Nothing);
//! assert_eq!(load(&bytes)?, chunk);
//!
//! let error = load(&bytes[..20]).unwrap_err();
//! assert_eq!(*error.kind(), LoadErrorKind::Truncated);
//! assert_eq!(error.message(b"@a.luac"), b"a.luac: bad binary format (truncated chunk)");
//! # Ok::<(), moonproof_bytecode::LoadError>(())
//! ```
//!
//! Without the default feature `std` the crate needs `alloc` only; it then loads, dumps and strips,
//! and lacks [`asm`], [`listing`] and what computes powers of floats.
#![forbid(unsafe_code)]
#![cfg_attr(not(any(feature = "std", test)), no_std)]

extern crate alloc;

#[cfg(feature = "std")]
pub mod asm;
mod byte_string;
mod chunk;
mod chunk_id;
mod dump;
mod error;
mod event;
pub mod header;
pub mod instruction;
pub mod limits;
mod lineinfo;
#[cfg(feature = "std")]
pub mod listing;
mod load;
pub mod number;
pub mod opcode;
mod strip;

pub use byte_string::ByteString;
pub use chunk::{AbsLine, Chunk, Constant, LocVar, Proto, UpvalDesc};
pub use chunk_id::chunk_id;
pub use dump::{Strip, Tree, dump, dump_function};
pub use error::{LoadError, LoadErrorKind, bad_format};
pub use event::EVENT_NAMES;
pub use instruction::Instruction;
pub use load::{Image, ImageReader, Offsets, ProtoOffsets, load, load_with_offsets, load_within};
pub use opcode::OpCode;
