//! A Lua 5.4 virtual machine for verified bytecode, and the API to embed it.
//!
//! [`Lua`] is one VM. [`Table`], [`Function`], [`Thread`], [`String`] and [`AnyUserData`] are
//! handles to its values; [`FromLua`] and [`IntoLua`] convert. The names are those of the crate
//! mlua, so that most of what is written for it is written for this. What is different:
//!
//! - There is no unsafe code to write. Handles that outlive their VM or meet another one give
//!   errors ([`Error::VmDestroyed`], [`Error::ForeignHandle`]), also where mlua panics.
//! - Panics of host functions are not caught; they unwind through the VM, which can be used after.
//! - Host functions can yield, and call what yields, by way of continuations: see [`Step`].
//! - [`Limits`] on fuel, memory and depth end a call without the script being able to catch it;
//!   [`Lua::sandboxed`] has no library that reaches outside.
//! - Binary chunks are verified wherever they come from.
//! - Lua errors that are no strings come out as they are ([`Error::Thrown`]) and pass through host
//!   functions unchanged.
//!
//! ```
//! use moonproof_vm::{Lua, Table};
//!
//! let lua = Lua::new();
//! lua.globals().set("square", lua.create_function(|_, n: f64| Ok(n * n))?)?;
//! let result: Table = lua.load("{square(3), square(0.5)}").eval()?;
//! assert_eq!(result.sequence_values::<f64>().collect::<Result<Vec<_>, _>>()?, [9.0, 0.25]);
//! # Ok::<(), moonproof_vm::Error>(())
//! ```
//!
//! The VM runs only what the verifier has accepted; unchecked accesses rest on the verifier's rules
//! and on the heap's invariants, and are confined to the modules that allow `unsafe_code` below.
#![deny(unsafe_code)]

mod api;
mod call;
mod chance;
mod close;
mod closure;
mod coroutine;
mod debug_info;
mod error;
#[allow(unsafe_code, reason = "pointers to heap objects, and the allocator")]
mod heap;
mod hook;
#[allow(unsafe_code, reason = "values of the host, lent by count")]
mod host_cell;
#[allow(unsafe_code, reason = "unchecked access to code and constants")]
mod interp;
#[allow(unsafe_code, reason = "a signal handler")]
mod interrupt;
mod metamethod;
mod native;
mod proto;
#[allow(unsafe_code, reason = "the VM's address, lent by turns")]
mod shared;
#[allow(unsafe_code, reason = "raw value and frame stacks")]
mod stack;
mod stand_alone;
mod stdlib;
mod string;
#[allow(unsafe_code, reason = "raw array and node parts")]
mod table;
mod thread;
mod unwind;
mod upvalue;
mod userdata;
mod value;
mod vm;

pub use api::*;
