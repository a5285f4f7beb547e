//! A static verifier for untrusted Lua 5.4 bytecode.
//!
//! [`verify`] turns a [`Chunk`], which may say anything, into a [`VerifiedChunk`], of which every
//! [`Rule`] holds; an interpreter may then use register, constant, upvalue, prototype and jump
//! operands without checking them again. Everything that a Lua 5.4 compiler emits verifies,
//! stripped or not.
//!
//! ```
//! use moonproof_bytecode::{Chunk, Instruction, OpCode, Proto};
//! use moonproof_verifier::{Rule, verify};
//!
//! let code = vec![
//!     Instruction::asbx(OpCode::LoadI, 0, 42),
//!     Instruction::abc(OpCode::Return1, 0, 2, 0, false),
//! ];
//! let mut chunk = Chunk { n_upvalues: 0, main: Proto { max_stack: 2, code, ..Proto::default() } };
//! assert!(verify(chunk.clone()).is_ok());
//!
//! chunk.main.code[0] = Instruction::asbx(OpCode::LoadI, 7, 42);
//! let rejection = verify(chunk).unwrap_err();
//! assert_eq!(rejection.rule(), Rule::S2);
//! assert_eq!(
//!     rejection.to_string(),
//!     "S2 (registers lie in the frame): main function, pc 0: LOADI 7 42: \
//!      expected a register below 2, found A = 7",
//! );
//! ```
//!
//! Verification has five passes: [`Pass::Structure`] looks at counts and debug information,
//! [`Pass::Decode`] at each word by itself, [`Pass::Pairs`] at neighbours, [`Pass::Cfg`] at jumps,
//! and [`Pass::Flow`] at what is known of registers where control gets.
//! A rejection lists the findings of the first pass that failed; the passes over words share one
//! sweep, so that words are read once, and the dataflow looks at functions of which they found
//! nothing. The first four are linear in the size of the chunk; the dataflow is in practice, and
//! ends after at most 17 looks per instruction and 62 registers of the frame. All of them need
//! memory in proportion to the chunk's nesting depth and its largest function's code, and neither
//! panic nor recurse.
//!
//! `SOUNDNESS.md` says why a chunk that verifies cannot break the memory of a VM that trusts it,
//! and what that does not include: `debug.setlocal` may change any register, so that a VM with the
//! debug library checks types where it uses values.
//!
//! [`verify_image`] does the same with the bytes of a binary chunk while it reads them, without making
//! its functions.
//!
//! Without the default feature `std` the crate needs `alloc` only, so that small devices can check
//! what they load.
#![forbid(unsafe_code)]
#![cfg_attr(not(any(feature = "std", test)), no_std)]
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

extern crate alloc;

mod captures;
mod certificate;
mod cfg;
mod decode;
mod diagnostic;
mod flow;
#[cfg(feature = "mlua")]
mod for_mlua;
mod image;
mod loading;
mod pairs;
mod quick;
mod rules;
mod structure;
mod table;
mod verified;

pub use certificate::{CertificateError, certify};
pub use diagnostic::{Finding, Frame, MAX_FINDINGS, Pass, Place, RegisterSet, Rejection};
pub use image::{VerifiedImage, verify_image};
pub use rules::{Keeper, Rule, RuleInfo, Strength};
pub use verified::VerifiedChunk;

use alloc::boxed::Box;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use diagnostic::Gatherer;
use moonproof_bytecode::limits::MAX_C_CALLS;
use moonproof_bytecode::{Chunk, ImageReader, Proto};
use table::{Jump, row};

/// Verifies a chunk. With the feature `std` the memory for this, but for what an uncommonly large
/// function takes, is kept for the next chunk of the same thread.
///
/// # Errors
///
/// All findings of the first pass that failed, whichever functions they are in.
pub fn verify(chunk: Chunk) -> Result<VerifiedChunk, Rejection> {
    with_kept(|verifier| verifier.verify(chunk))
}

/// Verifies a chunk without taking it, for those who only want to know.
///
/// # Errors
///
/// As [`verify`].
pub fn check(chunk: &Chunk) -> Result<(), Rejection> {
    with_kept(|verifier| verifier.check(chunk))
}

/// Lends this thread's verifier, which is a new one while it is lent.
#[cfg(feature = "std")]
fn with_kept<R>(work: impl FnOnce(&mut Verifier) -> R) -> R {
    use core::cell::Cell;
    std::thread_local!(static KEPT: Cell<Verifier> = const { Cell::new(Verifier(None)) });
    // A thread that ends may have none any more.
    let mut verifier = KEPT.try_with(Cell::take).unwrap_or_default();
    let result = work(&mut verifier);
    let _ = KEPT.try_with(|kept| kept.set(verifier));
    result
}

#[cfg(not(feature = "std"))]
fn with_kept<R>(work: impl FnOnce(&mut Verifier) -> R) -> R {
    work(&mut Verifier::default())
}

/// Verifies one chunk after another, with the same memory. What it has verified before has no
/// influence on results.
#[derive(Default)]
pub struct Verifier(Option<Box<Tools>>);

/// Lists that a [`Verifier`] keeps have so many items at most: they are as long as the largest
/// function was.
const MAX_KEPT: usize = 1 << 11;

impl Verifier {
    /// As [`verify`].
    ///
    /// # Errors
    ///
    /// The same.
    pub fn verify(&mut self, chunk: Chunk) -> Result<VerifiedChunk, Rejection> {
        VerifiedChunk::new(self, chunk)
    }

    fn check(&mut self, chunk: &Chunk) -> Result<(), Rejection> {
        let tools = self.0.get_or_insert_default();
        let mut walk = Walk::new(tools);
        let mut out = Gatherer::default();
        walk.check_chunk(chunk, &mut out);
        walk.leave();
        self.keep_within_bounds();
        out.finish()
    }

    /// Gives back memory that an uncommonly large function took.
    fn keep_within_bounds(&mut self) {
        self.0.take_if(|tools| tools.scratch.capacity().max(tools.flow.capacity()) > MAX_KEPT);
    }
}

impl core::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Verifier").finish_non_exhaustive()
    }
}

/// Verifies a chunk in one look at each of its instructions, by means of a certificate that
/// [`certify`] made of it, or somebody claims to have made.
///
/// Neither is trusted: whatever the bytes are, what they prove verifies without them, too (but for
/// F7, which bounds the work that they save). Memory is taken as by [`verify`], and in proportion
/// to the certificate.
///
/// # Errors
///
/// If the chunk breaks a rule, or the certificate is not one, or does not fit.
pub fn verify_with_certificate(
    chunk: Chunk,
    certificate: &[u8],
) -> Result<VerifiedChunk, CertificateError> {
    VerifiedChunk::certified(chunk, certificate)
}

/// As [`verify_with_certificate`], without taking the chunk.
///
/// # Errors
///
/// The same.
pub fn check_with_certificate(chunk: &Chunk, certificate: &[u8]) -> Result<(), CertificateError> {
    let reader = certificate::Reader::new(certificate)?;
    with_kept(|verifier| {
        let tools = verifier.0.get_or_insert_default();
        let checked = walk_certified(chunk, Walk { certificate: Some(reader), ..Walk::new(tools) });
        verifier.keep_within_bounds();
        checked
    })
}

/// As [`check_with_certificate`], but without quick acceptance, to see that it makes no difference.
///
/// # Errors
///
/// The same.
#[cfg(feature = "ablation")]
#[doc(hidden)]
pub fn check_with_certificate_by_passes(
    chunk: &Chunk,
    certificate: &[u8],
) -> Result<(), CertificateError> {
    let reader = certificate::Reader::new(certificate)?;
    let tools = &mut Tools::default();
    walk_certified(chunk, Walk { certificate: Some(reader), is_quick: false, ..Walk::new(tools) })
}

/// Verifies a chunk except for one rule, to see what that rule is worth. What this makes is no
/// proof of anything.
///
/// # Errors
///
/// As [`verify`], but with no finding of that rule.
#[cfg(feature = "ablation")]
#[doc(hidden)]
pub fn verify_without(chunk: Chunk, rule: Rule) -> Result<VerifiedChunk, Rejection> {
    verify_without_all(chunk, &[rule])
}

/// As [`verify_without`], for several rules at once.
///
/// # Errors
///
/// As [`verify`], but with no finding of those rules.
#[cfg(feature = "ablation")]
#[doc(hidden)]
pub fn verify_without_all(chunk: Chunk, rules: &[Rule]) -> Result<VerifiedChunk, Rejection> {
    Walk::new(&mut Tools::default()).finish(&chunk, Gatherer::without(rules))?;
    Ok(VerifiedChunk::unproved(chunk))
}

/// As [`check`], but without quick acceptance, to see that it makes no difference.
///
/// # Errors
///
/// As [`verify`].
#[cfg(feature = "ablation")]
#[doc(hidden)]
pub fn check_by_passes(chunk: &Chunk) -> Result<(), Rejection> {
    let tools = &mut Tools::default();
    Walk { is_quick: false, ..Walk::new(tools) }.finish(chunk, Gatherer::default())
}

fn walk_certified<'a>(chunk: &'a Chunk, mut walk: Walk<'a>) -> Result<(), CertificateError> {
    let mut out = Gatherer::default();
    walk.check_chunk(chunk, &mut out);
    // It ends the walk, so that not everything has been looked at.
    if let Some(error) = walk.failure {
        return Err(error);
    }
    out.finish().map_err(CertificateError::Rejected)?;
    walk.certificate.map_or(Ok(()), |reader| reader.finish())
}

/// A function, and those nested in it that are still to be visited.
type Level<'a> = (&'a Proto, core::iter::Enumerate<core::slice::Iter<'a, Proto>>);

/// What passes keep from function to function for the sake of its memory.
#[derive(Default)]
struct Tools {
    scratch: structure::Scratch,
    quick: quick::Quick,
    flow: flow::Flow,
    /// Empty.
    stack: Vec<Level<'static>>,
    reader: ImageReader,
}

/// Walks the tree of functions in preorder.
struct Walk<'a> {
    /// The function being looked at, behind all that enclose it.
    stack: Vec<Level<'a>>,
    /// Whether functions are tried quickly first.
    is_quick: bool,
    /// What makes one sweep per function enough.
    certificate: Option<certificate::Reader<'a>>,
    /// What is wrong with that.
    failure: Option<CertificateError>,
    tools: &'a mut Tools,
}

impl<'a> Walk<'a> {
    fn new(tools: &'a mut Tools) -> Self {
        tools.flow.restart();
        let stack = core::mem::take(&mut tools.stack);
        Self { stack, is_quick: true, certificate: None, failure: None, tools }
    }

    #[cfg(feature = "ablation")]
    fn finish(mut self, chunk: &'a Chunk, mut out: Gatherer) -> Result<(), Rejection> {
        self.check_chunk(chunk, &mut out);
        out.finish()
    }

    fn check_chunk(&mut self, chunk: &'a Chunk, out: &mut Gatherer) {
        let main = &chunk.main;
        if usize::from(chunk.n_upvalues) != main.upvalues.len() {
            out.report((Pass::Structure, Rule::H2), main, Place::Function, || {
                (format!("{} upvalues", chunk.n_upvalues), format!("{}", main.upvalues.len()))
            });
        }
        self.check_all(main, out);
    }

    /// Leaves nothing of itself but its memory.
    fn leave(self) {
        self.tools.stack = self.stack.into_iter().map_while(|_| None).collect();
    }

    fn check_all(&mut self, main: &'a Proto, out: &mut Gatherer) {
        self.check_one(main, None, out);
        self.stack.push((main, main.protos.iter().enumerate()));
        while let Some((_, nested)) = self.stack.last_mut() {
            let Some((idx, proto)) = nested.next() else {
                self.stack.pop();
                out.ascend();
                continue;
            };
            if self.failure.is_some() {
                return;
            }
            out.descend(u32::try_from(idx).unwrap_or(u32::MAX));
            if self.stack.len() >= MAX_C_CALLS as usize {
                out.report((Pass::Structure, Rule::H6), proto, Place::Function, || {
                    (format!("at most {MAX_C_CALLS} nested functions"), "one more".to_string())
                });
                out.ascend();
                continue;
            }
            let parent = self.stack.last().map(|&(parent, _)| parent);
            self.check_one(proto, parent, out);
            self.stack.push((proto, proto.protos.iter().enumerate()));
        }
    }

    /// Runs the passes over one function; `parent` is the one around it.
    fn check_one(&mut self, proto: &Proto, parent: Option<&Proto>, out: &mut Gatherer) {
        structure::check(proto, parent, &mut self.tools.scratch, out);
        if self.certificate.is_some() {
            match self.is_certified(proto, out) {
                Ok(true) => return,
                Ok(false) => {}
                Err(error) => {
                    self.failure = Some(error);
                    return;
                }
            }
        }
        if self.is_quick
            && out.is_empty()
            && self.tools.quick.accepts(proto, self.tools.flow.graph())
        {
            return;
        }
        self.check_by_passes(proto, out);
    }

    #[cold]
    #[inline(never)]
    fn check_by_passes(&mut self, proto: &Proto, out: &mut Gatherer) {
        check_words(proto, out);
        if !out.has_found_before(Pass::Flow) {
            self.tools.flow.check(proto, out);
        }
    }

    /// Looks at one function by means of the certificate, unless that leaves it to the analysis;
    /// then it says so.
    #[inline(never)]
    fn is_certified(
        &mut self,
        proto: &Proto,
        out: &mut Gatherer,
    ) -> Result<bool, CertificateError> {
        let Some(reader) = &mut self.certificate else { return Ok(false) };
        if reader.next_function()? == certificate::Entry::Analyse {
            return Ok(false);
        }
        let table = reader.table();
        if self.is_quick
            && out.is_empty()
            && self.tools.quick.accepts_with(proto, self.tools.flow.graph(), table)
        {
            return Ok(true);
        }
        check_words(proto, out);
        if !out.has_found_before(Pass::Flow) && !self.tools.flow.holds(proto, table) {
            return Err(CertificateError::Unproved { path: out.path().into() });
        }
        Ok(true)
    }
}

/// Runs the passes over the words of one function, all of them in one sweep: what they find is
/// sorted by pass when it is gathered.
fn check_words(proto: &Proto, out: &mut Gatherer) {
    let operands = decode::Operands::new(proto);
    let mut neighbours = pairs::Neighbours::new(proto);
    for (pc, &word) in proto.code.iter().enumerate() {
        let row = row(word);
        decode::check(&operands, proto, pc, (word, row), out);
        neighbours.check(proto, pc, (word, row), out);
        if row.jump != Jump::None {
            cfg::check(proto, pc, (word, row.jump), out);
        }
    }
    neighbours.check_end(proto, out);
}
