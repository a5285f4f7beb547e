//! Certificates: what makes verifying a chunk one sweep over each function.
//!
//! The dataflow looks again at code that a jump back brings something new to, until nothing is new.
//! [`certify`] notes down once what that came to; who has the note can check it, in one look at each
//! instruction, instead of finding it out. That suits a device which loads what a server has
//! verified: it trusts neither the chunk nor the certificate, and knows its time in advance.
//!
//! ```
//! use moonproof_bytecode::{Chunk, Instruction, OpCode, Proto};
//! use moonproof_verifier::{certify, verify, verify_with_certificate};
//!
//! // A loop that calls R0, and so loses R1.
//! let code = vec![
//!     Instruction::asbx(OpCode::LoadI, 1, 42),
//!     Instruction::abc(OpCode::Move, 1, 0, 0, false),
//!     Instruction::abc(OpCode::Call, 1, 1, 1, false),
//!     Instruction::new_sj(OpCode::Jmp, -3),
//!     Instruction::abc(OpCode::Return0, 0, 1, 0, false),
//! ];
//! let main = Proto { n_params: 1, max_stack: 2, code, ..Proto::default() };
//! let verified = verify(Chunk { n_upvalues: 0, main }).unwrap();
//! let certificate = certify(&verified);
//!
//! let chunk = verified.into_chunk();
//! assert!(verify_with_certificate(chunk.clone(), &certificate).is_ok());
//! // Without what it says about the loop, one sweep is not enough.
//! assert!(verify_with_certificate(chunk, &certificate[..5]).is_err());
//! ```
//!
//! The bytes, after the signature, are an entry per function that needs one, in preorder: how many
//! functions are between it and the one before; how many claims there are, or zero if it is to be
//! analysed as without a certificate; and the claims. A claim is the distance to its instruction and
//! at least one span of registers, of three bytes: the kind, with a bit that says that there is
//! another, the first register, the last. Numbers take seven bits a byte, the lowest first.

mod read;
mod write;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use crate::{Rejection, VerifiedChunk};
pub(crate) use read::{Entry, Reader};

/// The first bytes of a certificate, the last of them a version.
const SIGNATURE: &[u8; 5] = b"\x1BMPC\x01";
/// In a span's first byte: another one follows.
const IS_FOLLOWED: u8 = 4;

/// The certificate of a chunk. It is smaller than the chunk's code.
pub fn certify(chunk: &VerifiedChunk) -> Vec<u8> {
    write::certificate(chunk.main())
}

/// Why a certificate does not prove that a chunk is safe.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum CertificateError {
    /// The bytes are no certificate, or that of a chunk of fewer functions.
    Malformed {
        /// Offset of what makes no sense.
        offset: usize,
    },
    /// It does not fit a function, which may be safe all the same: only [`verify`](crate::verify)
    /// tells.
    Unproved {
        /// Indices of nested functions from the main function, which is empty.
        path: Box<[u32]>,
    },
    /// The chunk breaks a rule, whatever a certificate says.
    Rejected(Rejection),
}

impl core::error::Error for CertificateError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Rejected(rejection) => Some(rejection),
            Self::Malformed { .. } | Self::Unproved { .. } => None,
        }
    }
}

impl fmt::Display for CertificateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { offset } => write!(f, "malformed certificate, at byte {offset}"),
            Self::Unproved { path } => {
                f.write_str("the certificate does not fit ")?;
                crate::diagnostic::write_path(f, path)
            }
            Self::Rejected(rejection) => rejection.fmt(f),
        }
    }
}
