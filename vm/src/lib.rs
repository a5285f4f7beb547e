//! A Lua 5.4 virtual machine for verified bytecode.
#![deny(unsafe_code)]
