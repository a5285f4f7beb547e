//! Any bytes, loaded and verified.
//!
//! - Loading, verifying, dumping and stripping never panic, and take memory in proportion to the
//!   bytes given ([`memory_bound`]; whoever counts allocations enforces it).
//! - Errors and findings point into the bytes.
//! - What loads is equal after dumping and loading it once more, and dumps to the same bytes.
//! - Verified function by function while it is read, it gets the same verdict, and the functions are
//!   the same.
//! - Stripping turns no verdict from accepted to rejected, and dumping stripped is stripping.

use moonproof_bytecode::{Chunk, Proto, Strip, dump, load, load_with_offsets};
use moonproof_verifier::{MAX_FINDINGS, VerifiedChunk, VerifiedImage, verify, verify_image};

use crate::Reached;

/// Where inputs of this target end.
pub static REACHED: Reached<3> = Reached::new(["refused", "rejected", "verified"]);
/// Index in [`REACHED`] of inputs that do not load.
pub const REFUSED: usize = 0;
/// Index in [`REACHED`] of inputs that load and do not verify.
pub const REJECTED: usize = 1;
/// Index in [`REACHED`] of inputs that verify.
pub const VERIFIED: usize = 2;

/// Bytes of memory that [`run`] may hold at a time for an input of that length.
///
/// One byte of a chunk can stand for a constant, or a name, of 32 bytes in memory; the body holds
/// up to four copies of the chunk, and a vector that grows is held twice.
pub fn memory_bound(len: usize) -> usize {
    256 * len + (256 << 10)
}

/// Longest input that does not load and is worth mutating further.
const MAX_REFUSED: usize = 512;

/// Runs the body over one input and counts where it ended. Says whether the input is worth keeping
/// for further mutation: what is wrong in one place and does not verify hides what is wrong in
/// another.
///
/// # Panics
///
/// If a promise is broken.
pub fn run(bytes: &[u8]) -> bool {
    let end = reach(bytes);
    REACHED.count(end);
    end == VERIFIED || end == REFUSED && bytes.len() <= MAX_REFUSED
}

fn reach(bytes: &[u8]) -> usize {
    let (chunk, offsets) = match load_with_offsets(bytes) {
        Ok(loaded) => loaded,
        Err(error) => {
            assert!(error.offset() <= bytes.len(), "{error:?} of {} bytes", bytes.len());
            assert!(!error.message(b"=fuzz").is_empty());
            assert_eq!(load(bytes).unwrap_err(), error, "offsets change the verdict");
            assert!(verify_image(bytes, usize::MAX).is_none(), "{error} is overlooked");
            return REFUSED;
        }
    };
    assert!(offsets.consumed() <= bytes.len());
    assert_eq!(load(&bytes[..offsets.consumed()]), Ok(chunk.clone()), "bytes behind the chunk");
    check_dump(&chunk);
    let image = verify_image(bytes, usize::MAX);
    match verify(chunk) {
        Ok(verified) => {
            let image = image.unwrap_or_else(|| panic!("refused as an image: {verified:?}"));
            check_functions(&image, 0, verified.main());
            drop(image);
            check_strip(verified);
            VERIFIED
        }
        Err(mut rejection) => {
            assert!(image.is_none(), "{rejection} is overlooked");
            rejection.locate(&offsets);
            assert!((1..=MAX_FINDINGS).contains(&rejection.findings().len()));
            for finding in rejection.findings() {
                let offset = finding.offset.expect("an offset of a function that loaded");
                assert!(offset <= offsets.consumed(), "{finding}");
                assert!(!finding.expected.is_empty() && !finding.found.is_empty(), "{finding}");
            }
            assert!(!rejection.to_string().is_empty());
            REJECTED
        }
    }
}

fn check_dump(chunk: &Chunk) {
    let dumped = dump(chunk, Strip::Nothing);
    let again = match load(&dumped) {
        Ok(again) => again,
        Err(error) => panic!("what was dumped does not load: {error:?}"),
    };
    assert_eq!(again, *chunk, "dumping changes the chunk");
    assert_eq!(dump(&again, Strip::Nothing), dumped, "dumping twice differs");
}

/// That the functions of an image are those that were loaded at once.
fn check_functions(image: &VerifiedImage, index: u32, proto: &Proto) {
    let made = image.function(index).expect("it is there");
    assert!(made.protos.is_empty());
    let parts = |proto: &Proto| Proto { protos: Vec::new(), ..proto.clone() };
    assert_eq!(made, parts(proto));
    let nested: Vec<u32> = image.nested(index).collect();
    assert_eq!(nested.len(), proto.protos.len());
    for (index, proto) in nested.into_iter().zip(&proto.protos) {
        check_functions(image, index, proto);
    }
}

fn check_strip(verified: VerifiedChunk) {
    let dumped = dump(verified.chunk(), Strip::DebugInfo);
    let mut chunk = verified.into_chunk();
    chunk.main.strip();
    assert_eq!(dumped, dump(&chunk, Strip::Nothing), "dumping stripped is not stripping");
    if let Err(rejection) = verify(chunk) {
        panic!("verified before it was stripped: {rejection}");
    }
}
