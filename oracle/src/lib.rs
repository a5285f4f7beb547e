//! The reference as a child process, and comparison of this project with it.
//!
//! Both sides are children of the command itself: it starts itself again with a hidden first
//! argument ([`entry`]), so that an installed command needs no other program. A child has limits on
//! time, memory and output ([`child`]), and whatever becomes of it, a crash included, is a finding
//! about that side and not a failure of the tool.
//!
//! - [`server`]: one child that compiles many files, of either side;
//! - [`check`]: everything there is to compare about one file, as a [`report::FileReport`];
//! - [`bytes`], [`listing`], [`behaviour`]: the comparisons; [`normal`]: what they overlook.
//!
//! Differences are looked for in order of cause: bytes, then listing, then behaviour.
#![forbid(unsafe_code)]

pub mod behaviour;
pub mod bytes;
pub mod check;
pub mod child;
pub mod diff;
pub mod entry;
pub mod listing;
pub mod normal;
mod ours;
pub mod reference;
pub mod report;
pub mod server;
mod wire;

pub use check::{Options, check_file};
pub use reference::{Oracle, OracleError};
pub use report::{FileReport, Finding, FindingKind};
