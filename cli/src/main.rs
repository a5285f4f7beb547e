//! The `moonproof` command.
#![forbid(unsafe_code)]

fn main() {}
