//! Verified chunks for programs that run Lua by way of mlua (feature `mlua`).

use std::borrow::Cow;
use std::io;

use mlua::chunk::{AsChunk, ChunkMode};
use moonproof_bytecode::{Strip, dump};

use crate::VerifiedChunk;

/// `lua.load(&verified)` gives Lua the chunk that was verified, in bytes that nobody else has had
/// in hand. Lua must be 5.4; scripts must not get at loaders of their own that take bytecode.
impl AsChunk for &VerifiedChunk {
    fn mode(&self) -> Option<ChunkMode> {
        Some(ChunkMode::Binary)
    }

    fn source<'a>(&self) -> io::Result<Cow<'a, [u8]>>
    where
        Self: 'a,
    {
        Ok(Cow::Owned(dump(self.chunk(), Strip::Nothing)))
    }
}

/// As for a reference.
impl AsChunk for VerifiedChunk {
    fn mode(&self) -> Option<ChunkMode> {
        Some(ChunkMode::Binary)
    }

    fn source<'a>(&self) -> io::Result<Cow<'a, [u8]>>
    where
        Self: 'a,
    {
        Ok(Cow::Owned(dump(self.chunk(), Strip::Nothing)))
    }
}
