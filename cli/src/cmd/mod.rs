//! The subcommands, one file each.

pub(crate) mod asm;
pub(crate) mod check;
pub(crate) mod diff;
pub(crate) mod explain;
pub(crate) mod list;
pub(crate) mod luac;
pub(crate) mod verify;
