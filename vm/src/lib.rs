//! A Lua 5.4 virtual machine for verified bytecode.
//!
//! [`Lua`] is one VM. It runs only what the verifier has accepted; unchecked accesses rest on the
//! verifier's rules and on the heap's invariants, and are confined to the modules that allow
//! `unsafe_code` below.
#![deny(unsafe_code)]

mod api;
mod call;
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
mod upvalue;
mod userdata;
mod value;
mod vm;

pub use api::*;
