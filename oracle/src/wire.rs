//! What parent and compile server say to each other: numbers and byte strings with their lengths.

use std::io::{self, Read, Write};

/// No request or answer has longer parts; a length beyond it is a sign of a broken child.
const MAX_LEN: u64 = 1 << 32;

pub(crate) fn put_byte(out: &mut impl Write, byte: u8) -> io::Result<()> {
    out.write_all(&[byte])
}

pub(crate) fn put_bytes(out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    out.write_all(&(bytes.len() as u64).to_le_bytes())?;
    out.write_all(bytes)
}

pub(crate) fn get_byte(input: &mut impl Read) -> io::Result<u8> {
    let mut byte = [0];
    input.read_exact(&mut byte)?;
    Ok(byte[0])
}

pub(crate) fn get_bytes(input: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut len = [0; 8];
    input.read_exact(&mut len)?;
    let len = u64::from_le_bytes(len);
    if len > MAX_LEN {
        return Err(io::ErrorKind::InvalidData.into());
    }
    // Grows as bytes arrive, whatever length was announced.
    let mut bytes = Vec::new();
    if input.take(len).read_to_end(&mut bytes)? as u64 != len {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes)
}
