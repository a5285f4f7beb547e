//! [`Chunk`]s to bytes (ldump.c).
//!
//! Always little-endian with the sizes of a 64-bit machine, which is what the loader takes.
//! [`dump`] writes what a chunk says, so that loading gives the chunk again. [`dump_function`]
//! writes what `luaU_dump` writes for a function in memory, which differs for one that came from a
//! stripped chunk.

use alloc::vec::Vec;

use byteorder::{ByteOrder, LittleEndian};

use crate::byte_string::{ByteString, INLINE};
use crate::chunk::{AbsLine, Chunk, Constant, LocVar, Proto, UpvalDesc};
use crate::header::{self, tag};
use crate::instruction::Instruction;
use crate::limits::MAX_SHORT_LEN;

/// Whether debug information is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strip {
    /// It is.
    Nothing,
    /// It is not, as by `luac -s`.
    DebugInfo,
}

/// Writes a chunk.
pub fn dump(chunk: &Chunk, strip: Strip) -> Vec<u8> {
    let mut dumper = Dumper::new(&chunk.main, strip, Names::AsStated);
    push_header(&mut dumper.out);
    dumper.byte(chunk.n_upvalues);
    let source = chunk.main.source.as_ref();
    dumper.function(&chunk.main, source, source);
    dumper.out
}

/// Writes a function as the reference dumps one that it has in memory: it becomes a main function,
/// `source` is its own or the one it inherits, and names of upvalues are written as absent where
/// the function has none. Mirrors `luaU_dump`.
pub fn dump_function<T: Tree>(function: &T, source: Option<&ByteString>, strip: Strip) -> Vec<u8> {
    let mut dumper = Dumper::new(function, strip, Names::OnePerUpvalue);
    push_header(&mut dumper.out);
    // Quirk: a byte in the format, whatever the count.
    dumper.byte(function.proto().upvalues.len() as u8);
    dumper.function(function, source, source);
    dumper.out
}

/// A function with those nested in it, however they are held.
pub trait Tree {
    /// The function; the ones nested in it are not looked for here.
    fn proto(&self) -> &Proto;
    /// The functions nested in it.
    fn nested(&self) -> impl ExactSizeIterator<Item = &Self>;
}

impl Tree for Proto {
    fn proto(&self) -> &Proto {
        self
    }

    fn nested(&self) -> impl ExactSizeIterator<Item = &Self> {
        self.protos.iter()
    }
}

/// What is written for a function without upvalue names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    AsStated,
    OnePerUpvalue,
}

struct Dumper {
    out: Vec<u8>,
    strip: Strip,
    names: Names,
}

impl Dumper {
    fn new(main: &impl Tree, strip: Strip, names: Names) -> Self {
        Self { out: Vec::with_capacity(header::LEN + 1 + estimate(main, strip)), strip, names }
    }

    #[inline]
    fn byte(&mut self, byte: u8) {
        self.out.push(byte);
    }

    #[inline]
    fn size(&mut self, size: u64) {
        push_size(&mut self.out, size);
    }

    #[inline]
    fn count(&mut self, n: usize) {
        self.size(n as u64);
    }

    #[inline]
    fn int(&mut self, value: u32) {
        self.size(u64::from(value));
    }

    #[inline]
    fn string(&mut self, string: &ByteString) {
        if let Some((space, len)) = string.inline_space() {
            // Copying a fixed number of bytes and taking some back is quicker than copying few.
            let mut buffer = [0; 1 + INLINE];
            buffer[0] = (len as u8 + 1) | 0x80;
            buffer[1..].copy_from_slice(space);
            let start = self.out.len();
            self.out.extend_from_slice(&buffer);
            self.out.truncate(start + 1 + len);
            return;
        }
        let bytes = string.as_bytes();
        self.size(bytes.len() as u64 + 1);
        self.out.extend_from_slice(bytes);
    }

    #[inline]
    fn optional_string(&mut self, string: Option<&ByteString>) {
        match string {
            Some(string) => self.string(string),
            None => self.size(0),
        }
    }

    /// A function, `stated` being the source written with it and `source` the one it has. Recursion
    /// is as deep as functions nest, which both compiler and loader limit. Mirrors `dumpFunction`.
    fn function(
        &mut self,
        function: &impl Tree,
        stated: Option<&ByteString>,
        source: Option<&ByteString>,
    ) {
        let proto = function.proto();
        self.optional_string(stated.filter(|_| self.strip == Strip::Nothing));
        self.int(proto.line_defined);
        self.int(proto.last_line_defined);
        self.byte(proto.n_params);
        self.byte(proto.is_vararg);
        self.byte(proto.max_stack);
        self.code(&proto.code);
        self.constants(&proto.constants);
        self.upvalues(&proto.upvalues);
        self.protos(function, source);
        match self.strip {
            Strip::Nothing => self.debug_info(proto),
            // Four empty lists: lines, absolute lines, variables, names.
            Strip::DebugInfo => self.out.extend_from_slice(&[0x80; 4]),
        }
    }

    fn protos(&mut self, parent: &impl Tree, parent_source: Option<&ByteString>) {
        let nested = parent.nested();
        self.count(nested.len());
        for function in nested {
            let stated = function.proto().source.as_ref();
            let source = stated.or(parent_source);
            // The reference does not write a source whose address is that of the function around,
            // and short strings are interned.
            let same = self.names == Names::OnePerUpvalue
                && source == parent_source
                && source.is_none_or(|name| name.len() <= MAX_SHORT_LEN);
            self.function(function, stated.filter(|_| !same), source);
        }
    }

    fn code(&mut self, code: &[Instruction]) {
        self.count(code.len());
        let start = self.out.len();
        self.out.resize(start + 4 * code.len(), 0);
        let (words, _) = self.out[start..].as_chunks_mut::<4>();
        for (bytes, instruction) in words.iter_mut().zip(code) {
            LittleEndian::write_u32(bytes, instruction.0);
        }
    }

    fn constants(&mut self, constants: &[Constant]) {
        self.count(constants.len());
        for constant in constants {
            match constant {
                // Much the most frequent.
                Constant::String(string) => {
                    let is_long = string.len() > MAX_SHORT_LEN;
                    self.byte(if is_long { tag::LONG_STRING } else { tag::SHORT_STRING });
                    self.string(string);
                }
                constant => push_constant(&mut self.out, constant),
            }
        }
    }

    fn upvalues(&mut self, upvalues: &[UpvalDesc]) {
        self.count(upvalues.len());
        for upvalue in upvalues {
            self.out.extend_from_slice(&[upvalue.in_stack, upvalue.idx, upvalue.kind]);
        }
    }

    fn debug_info(&mut self, proto: &Proto) {
        self.count(proto.line_info.len());
        self.out.extend(proto.line_info.iter().map(|delta| *delta as u8));
        self.count(proto.abs_line_info.len());
        for AbsLine { pc, line } in &proto.abs_line_info {
            self.int(*pc);
            self.int(*line);
        }
        self.count(proto.loc_vars.len());
        for LocVar { name, start_pc, end_pc } in &proto.loc_vars {
            self.optional_string(name.as_ref());
            self.int(*start_pc);
            self.int(*end_pc);
        }
        if self.names == Names::OnePerUpvalue && proto.upvalue_names.is_empty() {
            self.count(proto.upvalues.len());
            proto.upvalues.iter().for_each(|_| self.size(0));
        } else {
            self.count(proto.upvalue_names.len());
            proto.upvalue_names.iter().for_each(|name| self.optional_string(name.as_ref()));
        }
    }
}

/// The fixed bytes in front of a chunk (`dumpHeader`).
pub(crate) fn push_header(out: &mut Vec<u8>) {
    out.extend_from_slice(&header::SIGNATURE);
    out.push(header::VERSION);
    out.push(header::FORMAT);
    out.extend_from_slice(&header::DATA);
    out.extend_from_slice(&[header::INSTRUCTION_SIZE, header::INTEGER_SIZE, header::NUMBER_SIZE]);
    push_eight_bytes(out, header::TEST_INTEGER as u64);
    push_eight_bytes(out, header::TEST_NUMBER.to_bits());
}

/// Groups of seven bits, most significant first, the last group marked (`dumpSize`).
#[inline]
pub(crate) fn push_size(out: &mut Vec<u8>, size: u64) {
    if size < 0x80 {
        out.push(size as u8 | 0x80);
    } else {
        push_long_size(out, size);
    }
}

fn push_long_size(out: &mut Vec<u8>, size: u64) {
    let n_groups = (64 - size.leading_zeros()).div_ceil(7);
    for i in (1..n_groups).rev() {
        out.push((size >> (7 * i)) as u8 & 0x7F);
    }
    out.push(size as u8 | 0x80);
}

/// A string with its length, or the mark of an absent one (`dumpString`).
pub(crate) fn push_string(out: &mut Vec<u8>, string: Option<&[u8]>) {
    match string {
        Some(bytes) => {
            push_size(out, bytes.len() as u64 + 1);
            out.extend_from_slice(bytes);
        }
        None => push_size(out, 0),
    }
}

/// A constant behind its tag.
pub(crate) fn push_constant(out: &mut Vec<u8>, constant: &Constant) {
    match constant {
        Constant::Nil => out.push(tag::NIL),
        Constant::Bool(false) => out.push(tag::FALSE),
        Constant::Bool(true) => out.push(tag::TRUE),
        Constant::Integer(i) => {
            out.push(tag::INTEGER);
            push_eight_bytes(out, *i as u64);
        }
        Constant::Float(f) => {
            out.push(tag::FLOAT);
            push_eight_bytes(out, f.to_bits());
        }
        Constant::String(string) => {
            let is_long = string.len() > MAX_SHORT_LEN;
            out.push(if is_long { tag::LONG_STRING } else { tag::SHORT_STRING });
            push_string(out, Some(string));
        }
    }
}

#[inline]
fn push_eight_bytes(out: &mut Vec<u8>, value: u64) {
    let mut bytes = [0; 8];
    LittleEndian::write_u64(&mut bytes, value);
    out.extend_from_slice(&bytes);
}

/// About how many bytes a function takes, on the high side of the usual.
fn estimate(function: &impl Tree, strip: Strip) -> usize {
    let proto = function.proto();
    let strings = |n: usize| 16 * n;
    let debug_info = match strip {
        Strip::Nothing => {
            proto.line_info.len()
                + 4 * proto.abs_line_info.len()
                + strings(proto.loc_vars.len())
                + strings(proto.upvalue_names.len())
        }
        Strip::DebugInfo => 0,
    };
    let nested: usize = function.nested().map(|nested| estimate(nested, strip)).sum();
    32 + 4 * proto.code.len() + strings(proto.constants.len()) + debug_info + nested
}
