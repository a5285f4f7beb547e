//! The proof that a chunk was verified.

use moonproof_bytecode::{Chunk, Proto};

use crate::{CertificateError, Rejection, Verifier, check_with_certificate};

/// A chunk of which every rule holds.
///
/// There is no other way to make one than [`verify`](crate::verify) and
/// [`verify_with_certificate`](crate::verify_with_certificate), and none to change one: the
/// chunk can be read, or taken out, which gives up the proof.
#[derive(Clone, Debug, PartialEq)]
pub struct VerifiedChunk {
    chunk: Chunk,
}

impl VerifiedChunk {
    pub(crate) fn new(verifier: &mut Verifier, chunk: Chunk) -> Result<Self, Rejection> {
        verifier.check(&chunk)?;
        Ok(Self { chunk })
    }

    pub(crate) fn certified(chunk: Chunk, certificate: &[u8]) -> Result<Self, CertificateError> {
        check_with_certificate(&chunk, certificate)?;
        Ok(Self { chunk })
    }

    /// What `verify_without` gives.
    #[cfg(feature = "ablation")]
    pub(crate) fn unproved(chunk: Chunk) -> Self {
        Self { chunk }
    }

    /// The chunk.
    pub fn chunk(&self) -> &Chunk {
        &self.chunk
    }

    /// The main function.
    pub fn main(&self) -> &Proto {
        &self.chunk.main
    }

    /// The chunk without the proof.
    pub fn into_chunk(self) -> Chunk {
        self.chunk
    }
}
