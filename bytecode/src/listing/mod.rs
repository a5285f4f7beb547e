//! Chunks as text, letter for letter as `luac -l` and `luac -l -l` print them (luac.c).
//!
//! Where the reference prints an address, a number of the caller's choice stands for the function.
//! A chunk that does not verify may refer to what it does not have; the reference then reads foreign
//! memory, and a question mark is printed here. Text is handed on as it is made, since a short chunk
//! can have a listing of any length.

mod constants;
mod operands;

use std::io::{self, Write};

use crate::chunk::{Chunk, Proto};
use crate::header;
use crate::number::format::push_integer;

/// How much is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Functions and their code: `luac -l`.
    Code,
    /// Constants, local variables and upvalues as well: `luac -l -l`.
    Full,
}

/// Prints a chunk, numbers standing for addresses: 0x1000 for the main function, 0x1010 for the
/// first one nested in it, and so on.
///
/// # Errors
///
/// Those of `out`.
pub fn list(out: &mut dyn Write, chunk: &Chunk, detail: Detail) -> io::Result<()> {
    list_with_addresses(out, chunk, detail, |function_idx| 0x1000 + 0x10 * function_idx)
}

/// As [`list`], with the address that `address` gives to the nth function of the listing.
///
/// # Errors
///
/// Those of `out`.
pub fn list_with_addresses(
    out: &mut dyn Write,
    chunk: &Chunk,
    detail: Detail,
    address: impl Fn(u64) -> u64,
) -> io::Result<()> {
    let mut lister =
        Lister { out, text: Vec::with_capacity(FLUSH_AT * 2), detail, address: &address };
    lister.function(&chunk.main, 0, chunk.main.source.as_deref())?;
    lister.flush()
}

/// One instruction as the listing has it, without its number and line: mnemonic, operands and
/// comment, parted by tabs. For use in diagnostics.
pub fn instruction_text(proto: &Proto, pc: u32) -> String {
    let mut text = Vec::new();
    operands::instruction(&mut text, proto, pc as usize, &|_| b"?".to_vec());
    String::from_utf8_lossy(&text).into_owned()
}

/// Text is handed on whenever there is this much of it.
const FLUSH_AT: usize = 1 << 16;

struct Lister<'a> {
    out: &'a mut dyn Write,
    text: Vec<u8>,
    detail: Detail,
    address: &'a dyn Fn(u64) -> u64,
}

impl Lister<'_> {
    fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(&self.text)?;
        self.text.clear();
        Ok(())
    }

    fn flush_if_long(&mut self) -> io::Result<()> {
        if self.text.len() >= FLUSH_AT { self.flush() } else { Ok(()) }
    }

    fn put(&mut self, text: &[u8]) {
        self.text.extend_from_slice(text);
    }

    fn put_number(&mut self, number: impl TryInto<i64>) {
        push_integer(&mut self.text, number.try_into().unwrap_or(i64::MAX));
    }

    /// `3 slots, `: a number, what it counts, and the plural's `s` if need be.
    fn put_count(&mut self, n: usize, mark: &[u8], noun: &[u8], after: &[u8]) {
        self.put_number(n);
        self.put(mark);
        self.put(noun);
        self.put(if n == 1 { b"" } else { b"s" });
        self.put(after);
    }

    /// Prints the function, which is the nth of the listing, and all nested ones. Mirrors
    /// `PrintFunction`.
    fn function(&mut self, proto: &Proto, idx: u64, source: Option<&[u8]>) -> io::Result<()> {
        let source = proto.source.as_deref().or(source);
        let address = pointer((self.address)(idx));
        // Nested functions are numbered in the order in which they are printed.
        let mut next = idx + 1;
        let children: Vec<u64> = proto
            .protos
            .iter()
            .map(|child| {
                let idx = next;
                next += n_functions(child);
                idx
            })
            .collect();
        self.header(proto, &address, source);
        self.code(proto, &children)?;
        if self.detail == Detail::Full {
            self.tables(proto, &address)?;
        }
        for (child, idx) in proto.protos.iter().zip(children) {
            self.function(child, idx, source)?;
        }
        Ok(())
    }

    /// Mirrors `PrintHeader`.
    fn header(&mut self, proto: &Proto, address: &[u8], source: Option<&[u8]>) {
        let name = match source.unwrap_or(b"=?") {
            [b'@' | b'=', name @ ..] => c_string(name),
            [first, ..] if *first == header::SIGNATURE[0] => b"(bstring)",
            _ => b"(string)",
        };
        self.put(if proto.line_defined == 0 { b"\nmain <" } else { b"\nfunction <" });
        self.put(name);
        self.put(b":");
        self.put_number(proto.line_defined);
        self.put(b",");
        self.put_number(proto.last_line_defined);
        self.put(b"> (");
        self.put_count(proto.code.len(), b"", b" instruction", b" at ");
        self.put(address);
        self.put(b")\n");
        let mark: &[u8] = if proto.is_vararg == 0 { b"" } else { b"+" };
        self.put_count(usize::from(proto.n_params), mark, b" param", b", ");
        self.put_count(usize::from(proto.max_stack), b"", b" slot", b", ");
        self.put_count(proto.upvalues.len(), b"", b" upvalue", b", ");
        self.put_count(proto.loc_vars.len(), b"", b" local", b", ");
        self.put_count(proto.constants.len(), b"", b" constant", b", ");
        self.put_count(proto.protos.len(), b"", b" function", b"\n");
    }

    /// Mirrors `PrintCode`.
    fn code(&mut self, proto: &Proto, children: &[u64]) -> io::Result<()> {
        let address = self.address;
        let child = |idx: usize| children.get(idx).map_or(b"?".to_vec(), |n| pointer(address(*n)));
        let mut lines = proto.lines();
        for pc in 0..proto.code.len() {
            self.put(b"\t");
            self.put_number(pc + 1);
            match lines.next() {
                Some(line) if line as i32 > 0 => {
                    self.put(b"\t[");
                    self.put_number(line);
                    self.put(b"]\t");
                }
                _ => self.put(b"\t[-]\t"),
            }
            operands::instruction(&mut self.text, proto, pc, &child);
            self.put(b"\n");
            self.flush_if_long()?;
        }
        Ok(())
    }

    /// Mirrors `PrintDebug`.
    fn tables(&mut self, proto: &Proto, address: &[u8]) -> io::Result<()> {
        self.table_title(b"constants", proto.constants.len(), address);
        for (i, constant) in proto.constants.iter().enumerate() {
            self.put(b"\t");
            self.put_number(i);
            self.put(b"\t");
            self.put(constants::type_letter(constant));
            self.put(b"\t");
            constants::constant(&mut self.text, constant);
            self.put(b"\n");
            self.flush_if_long()?;
        }
        self.table_title(b"locals", proto.loc_vars.len(), address);
        for (i, var) in proto.loc_vars.iter().enumerate() {
            let name = var.name.as_deref().map_or(&b"?"[..], c_string);
            let bounds = [u64::from(var.start_pc) + 1, u64::from(var.end_pc) + 1];
            self.table_row(i, name, bounds)?;
        }
        self.table_title(b"upvalues", proto.upvalues.len(), address);
        for (i, upvalue) in proto.upvalues.iter().enumerate() {
            let place = [u64::from(upvalue.in_stack), u64::from(upvalue.idx)];
            self.table_row(i, operands::upvalue_name(proto, i), place)?;
        }
        Ok(())
    }

    fn table_title(&mut self, noun: &[u8], n: usize, address: &[u8]) {
        self.put(noun);
        self.put(b" (");
        self.put_number(n);
        self.put(b") for ");
        self.put(address);
        self.put(b":\n");
    }

    fn table_row(&mut self, i: usize, name: &[u8], numbers: [u64; 2]) -> io::Result<()> {
        self.put(b"\t");
        self.put_number(i);
        self.put(b"\t");
        self.put(name);
        for number in numbers {
            self.put(b"\t");
            self.put_number(number);
        }
        self.put(b"\n");
        self.flush_if_long()
    }
}

/// An address as `%p` prints it.
fn pointer(address: u64) -> Vec<u8> {
    format!("{address:#x}").into_bytes()
}

/// The function itself and all nested in it.
fn n_functions(proto: &Proto) -> u64 {
    1 + proto.protos.iter().map(n_functions).sum::<u64>()
}

/// What C's `%s` prints of a string: up to its first zero byte.
fn c_string(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

#[cfg(test)]
mod tests;
