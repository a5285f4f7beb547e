//! A chunk and, behind it, what says that it is its certificate.
//!
//! What a certificate proves verifies without it, however wrong it is; and what verifies has a
//! certificate that proves it, which is smaller than its code.

use moonproof_bytecode::{Chunk, Instruction, OpCode, Proto, Strip, dump, load_with_offsets};
use moonproof_verifier::{CertificateError, Rule, certify, check, check_with_certificate, verify};

use crate::mutate::edit_chunk;
use crate::{Reached, Rng};

/// Where inputs of this target end.
pub static REACHED: Reached<4> = Reached::new(["refused", "rejected", "unproved", "proved"]);
/// Index in [`REACHED`] of inputs that do not load.
pub const REFUSED: usize = 0;
/// Index in [`REACHED`] of chunks that do not verify, and whose certificate is refused as well.
pub const REJECTED: usize = 1;
/// Index in [`REACHED`] of chunks that verify, although the certificate does not show it.
pub const UNPROVED: usize = 2;
/// Index in [`REACHED`] of chunks that the certificate proves.
pub const PROVED: usize = 3;

/// Bytes before the first entry.
const SIGNATURE: usize = 5;

/// Runs the body over one input and counts where it ended. Says whether the input is worth keeping
/// for further mutation: chunks that do not verify break rules in more and more ways, of which each
/// reaches something new in the reports, and soon there would be nothing else.
///
/// # Panics
///
/// If a certificate proves what does not verify, or what verifies has none.
pub fn run(bytes: &[u8]) -> bool {
    let end = reach(bytes);
    REACHED.count(end);
    end == UNPROVED || end == PROVED
}

fn reach(bytes: &[u8]) -> usize {
    let Ok((chunk, offsets)) = load_with_offsets(bytes) else { return REFUSED };
    let certificate = bytes.get(offsets.consumed()..).unwrap_or_default();
    let verdict = check(&chunk);
    let proof = check_with_certificate(&chunk, certificate);
    #[cfg(feature = "ablation")]
    {
        let slow = moonproof_verifier::check_with_certificate_by_passes(&chunk, certificate);
        assert_eq!(proof, slow, "quick acceptance makes a difference: {chunk:?}");
    }
    match (&verdict, &proof) {
        (Err(rejection), Ok(())) if rejection.rule() != Rule::F7 => {
            panic!("proved by {certificate:02x?}: {rejection}: {chunk:?}")
        }
        (Err(rejection), Err(CertificateError::Rejected(found))) => assert_eq!(rejection, found),
        (Ok(()), Err(CertificateError::Rejected(found))) => panic!("{found} in {chunk:?}"),
        _ => {}
    }
    if verdict.is_ok() {
        has_certificate(&chunk);
    }
    match (verdict, proof) {
        (_, Ok(())) => PROVED,
        (Ok(()), _) => UNPROVED,
        _ => REJECTED,
    }
}

fn has_certificate(chunk: &Chunk) {
    let Ok(verified) = verify(chunk.clone()) else { return };
    let certificate = certify(&verified);
    let found = check_with_certificate(chunk, &certificate);
    assert!(found.is_ok(), "{found:?} of {certificate:02x?}: {chunk:?}");
    let room = SIGNATURE + 4 * n_words(&chunk.main);
    assert!(certificate.len() <= room, "{} bytes: {chunk:?}", certificate.len());
}

fn n_words(proto: &Proto) -> usize {
    proto.code.len() + proto.protos.iter().map(n_words).sum::<usize>()
}

/// Edits the chunk or what stands behind it; a chunk alone gets its certificate, or one that is made
/// up.
pub fn mutate(bytes: &[u8], max_len: usize, seed: u64) -> Option<Vec<u8>> {
    let (mut chunk, offsets) = load_with_offsets(bytes).ok()?;
    let mut rng = Rng::new(seed);
    let mut certificate = bytes.get(offsets.consumed()..).unwrap_or_default().to_vec();
    if certificate.is_empty() || rng.one_in(8) {
        certificate = match verify(chunk.clone()) {
            Ok(verified) if !rng.one_in(4) => certify(&verified),
            _ => invented(&chunk, &mut rng),
        };
    }
    // Mostly one of the two, so that they nearly fit.
    let which = rng.below(8);
    if which < 5 {
        edit_chunk(&mut chunk, &mut rng);
    }
    if which >= 4 {
        edit(&mut certificate, &mut rng);
    }
    let mut out = dump(&chunk, Strip::Nothing);
    out.extend_from_slice(&certificate);
    Some(out).filter(|bytes| bytes.len() <= max_len)
}

/// Edits the entries of a certificate, mostly in one byte, as most of them matter.
fn edit(certificate: &mut Vec<u8>, rng: &mut Rng) {
    let at = SIGNATURE + rng.below(certificate.len().saturating_sub(SIGNATURE));
    match (rng.below(8), certificate.get_mut(at)) {
        (0, _) => certificate.truncate(at),
        (1, _) => certificate.push(rng.bits() as u8),
        (2, Some(_)) => drop(certificate.remove(at)),
        (3, Some(byte)) => *byte ^= 1 << rng.below(8),
        // A claim less is a span less.
        (4, Some(_)) => drop(certificate.drain(at..(at + 3).min(certificate.len()))),
        (5, Some(byte)) => *byte = rng.below(8) as u8,
        (6, Some(byte)) => *byte = byte.wrapping_sub(1),
        (7, Some(byte)) => *byte = byte.wrapping_add(1),
        _ => {}
    }
}

/// A certificate with claims where there may be some, about any registers.
pub fn invented(chunk: &Chunk, rng: &mut Rng) -> Vec<u8> {
    let mut out = b"\x1BMPC\x01".to_vec();
    let mut n_between = 0;
    invent(&chunk.main, rng, &mut n_between, &mut out);
    out
}

fn invent(proto: &Proto, rng: &mut Rng, n_between: &mut u32, out: &mut Vec<u8>) {
    let mut targets: Vec<usize> = (0..proto.code.len())
        .filter_map(|pc| target_back(pc, proto.code[pc]))
        .filter(|&pc| pc < proto.code.len() && !rng.one_in(4))
        .collect();
    targets.sort_unstable();
    targets.dedup();
    if targets.is_empty() || rng.one_in(8) {
        *n_between += 1;
    } else {
        push_number(out, std::mem::take(n_between));
        push_number(out, targets.len() as u32);
        let mut previous = 0;
        for pc in targets {
            push_number(out, (pc - previous) as u32);
            previous = pc;
            push_spans(out, proto.max_stack, rng);
        }
    }
    for nested in &proto.protos {
        invent(nested, rng, n_between, out);
    }
}

/// Where a word jumps back to, or a loop that it begins does.
fn target_back(pc: usize, word: Instruction) -> Option<usize> {
    match word.opcode()? {
        OpCode::Jmp if word.sj() < 0 => (pc + 1).checked_add_signed(word.sj() as isize),
        OpCode::ForPrep | OpCode::TForPrep => Some(pc + 1),
        _ => None,
    }
}

/// A span or two: mostly all registers from one on lose their values, as they do.
fn push_spans(out: &mut Vec<u8>, max_stack: u8, rng: &mut Rng) {
    let top = max_stack.saturating_sub(1);
    let first = rng.below(usize::from(max_stack)) as u8;
    let mut spans = vec![(0, first, top)];
    if rng.one_in(3) {
        let kind = rng.below(4) as u8;
        let last = first.saturating_add(rng.below(3) as u8).min(top);
        let span = (kind, first, last);
        if kind == 0 {
            spans = vec![span]
        } else {
            spans.push(span)
        }
        if rng.one_in(2) {
            spans.reverse();
            spans.truncate(1);
        }
    }
    let n = spans.len();
    for (i, (kind, first, last)) in spans.into_iter().enumerate() {
        out.extend([kind | if i + 1 < n { 4 } else { 0 }, first, last.max(first)]);
    }
}

fn push_number(out: &mut Vec<u8>, mut number: u32) {
    while number > 0x7F {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}
