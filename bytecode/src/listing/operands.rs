//! One instruction of a listing: mnemonic, operands and comment.
//!
//! Which operands there are, the opcode table says; the comments are written out here, opcode by
//! opcode. Mirrors `PrintCode`.

use super::{c_string, constants};
use crate::chunk::Proto;
use crate::event::EVENT_NAMES;
use crate::instruction::{Instruction, MAX_C};
use crate::number::format::push_integer;
use crate::opcode::{Column, OpCode};

/// Appends the instruction at `pc`, an index into the code. `child` gives the address of a nested
/// function.
pub(super) fn instruction(
    out: &mut Vec<u8>,
    proto: &Proto,
    pc: usize,
    child: &dyn Fn(usize) -> Vec<u8>,
) {
    let Some(&word) = proto.code.get(pc) else {
        return;
    };
    let Some(op) = word.opcode() else {
        out.extend_from_slice(format!("OP_{}\t{:#010x}", word.op_bits(), word.0).as_bytes());
        return;
    };
    out.extend_from_slice(op.name().as_bytes());
    out.resize(out.len() + 9_usize.saturating_sub(op.name().len()), b' ');
    out.push(b'\t');
    columns(out, op, word);
    let mut comment = Comment { out, proto, pc, word };
    comment.write(op, child);
}

fn columns(out: &mut Vec<u8>, op: OpCode, word: Instruction) {
    for (i, column) in op.info().columns.iter().enumerate() {
        if *column == Column::KMark {
            if word.k() {
                out.push(b'k');
            }
            continue;
        }
        if i > 0 {
            out.push(b' ');
        }
        let value = match column {
            Column::A => i64::from(word.a()),
            Column::B => i64::from(word.b()),
            Column::SB => i64::from(word.sb()),
            Column::C => i64::from(word.c()),
            Column::SC => i64::from(word.sc()),
            Column::Bx => i64::from(word.bx()),
            Column::SBx => i64::from(word.sbx()),
            Column::Ax => i64::from(word.ax()),
            Column::SJ => i64::from(word.sj()),
            Column::K | Column::KMark => i64::from(word.k()),
        };
        push_integer(out, value);
    }
}

/// Name of an upvalue, `-` if it has none (`UPVALNAME`), `?` if there is no such upvalue.
pub(super) fn upvalue_name(proto: &Proto, idx: usize) -> &[u8] {
    if idx >= proto.upvalues.len() {
        return b"?";
    }
    match proto.upvalue_names.get(idx) {
        Some(Some(name)) => c_string(name),
        _ => b"-",
    }
}

struct Comment<'a> {
    out: &'a mut Vec<u8>,
    proto: &'a Proto,
    pc: usize,
    word: Instruction,
}

impl Comment<'_> {
    /// Begins a comment.
    fn text(&mut self, text: &[u8]) {
        self.out.extend_from_slice(b"\t; ");
        self.out.extend_from_slice(text);
    }

    fn more(&mut self, text: &[u8]) {
        self.out.extend_from_slice(text);
    }

    /// A comment of some text, a number, and more text.
    fn number(&mut self, before: &[u8], number: i64, after: &[u8]) {
        self.text(before);
        push_integer(self.out, number);
        self.more(after);
    }

    fn constant(&mut self, idx: u32) {
        self.text(b"");
        constants::constant_at(self.out, self.proto, idx);
    }

    fn more_constant(&mut self, idx: u32) {
        self.more(b" ");
        constants::constant_at(self.out, self.proto, idx);
    }

    fn upvalue(&mut self, idx: u32) {
        self.text(upvalue_name(self.proto, idx as usize));
    }

    /// A comment with the number of the instruction `distance` behind this one.
    fn target(&mut self, before: &[u8], distance: i64) {
        self.number(before, self.pc as i64 + 1 + distance, b"");
    }

    /// `n - 1` results, or all if `n` is zero.
    fn results(&mut self, n: u32) {
        match n.checked_sub(1) {
            None => self.more(b"all out"),
            Some(n) => {
                push_integer(self.out, i64::from(n));
                self.more(b" out");
            }
        }
    }

    fn event(&mut self, idx: u32) {
        let name = EVENT_NAMES.get(idx as usize).copied().unwrap_or("?");
        self.text(name.as_bytes());
    }

    /// Ax of the next word, whatever that is.
    fn extra(&self) -> u32 {
        self.proto.code.get(self.pc + 1).map_or(0, |word| word.ax())
    }

    /// C extended by the next word.
    fn extended_c(&self) -> i64 {
        // Quirk: the reference computes in 32 bits, and wraps around.
        let c = self.extra().wrapping_mul(MAX_C + 1).wrapping_add(self.word.c());
        i64::from(c as i32)
    }

    /// A constant in C if k says so.
    fn constant_if_k(&mut self) {
        if self.word.k() {
            self.constant(self.word.c());
        }
    }

    fn write(&mut self, op: OpCode, child: &dyn Fn(usize) -> Vec<u8>) {
        let word = self.word;
        let (a, b, c, bx) = (word.a(), word.b(), word.c(), i64::from(word.bx()));
        match op {
            OpCode::LoadK => self.constant(word.bx()),
            OpCode::LoadKx => self.constant(self.extra()),
            OpCode::LoadNil => self.number(b"", i64::from(b) + 1, b" out"),
            OpCode::GetUpval | OpCode::SetUpval => self.upvalue(b),
            OpCode::GetTabUp => {
                self.upvalue(b);
                self.more_constant(c);
            }
            OpCode::SetTabUp => {
                self.upvalue(a);
                self.more_constant(b);
                if word.k() {
                    self.more_constant(c);
                }
            }
            OpCode::SetField => {
                self.constant(b);
                if word.k() {
                    self.more_constant(c);
                }
            }
            OpCode::SetTable | OpCode::SetI | OpCode::SelfOp => self.constant_if_k(),
            OpCode::GetField
            | OpCode::AddK
            | OpCode::SubK
            | OpCode::MulK
            | OpCode::ModK
            | OpCode::PowK
            | OpCode::DivK
            | OpCode::IDivK
            | OpCode::BAndK
            | OpCode::BOrK
            | OpCode::BXorK => self.constant(c),
            OpCode::NewTable => self.number(b"", self.extended_c(), b""),
            OpCode::SetList if word.k() => self.number(b"", self.extended_c(), b""),
            OpCode::MmBin => self.event(c),
            OpCode::MmBinI => {
                self.event(c);
                self.flip();
            }
            OpCode::MmBinK => {
                self.event(c);
                self.more_constant(b);
                self.flip();
            }
            OpCode::Jmp => self.target(b"to ", i64::from(word.sj()) + 1),
            OpCode::EqK => self.constant(b),
            OpCode::Call => {
                match b.checked_sub(1) {
                    None => self.text(b"all in "),
                    Some(n) => self.number(b"", i64::from(n), b" in "),
                }
                self.results(c);
            }
            // Quirk: an open argument list is "-1 in".
            OpCode::TailCall => self.number(b"", i64::from(b) - 1, b" in"),
            OpCode::Return => {
                self.text(b"");
                self.results(b);
            }
            OpCode::Vararg => {
                self.text(b"");
                self.results(c);
            }
            OpCode::ForLoop | OpCode::TForLoop => self.target(b"to ", 1 - bx),
            OpCode::ForPrep => self.target(b"exit to ", bx + 2),
            OpCode::TForPrep => self.target(b"to ", bx + 1),
            OpCode::Closure => {
                let address = child(word.bx() as usize);
                self.text(&address);
            }
            OpCode::Move
            | OpCode::LoadI
            | OpCode::LoadF
            | OpCode::LoadFalse
            | OpCode::LFalseSkip
            | OpCode::LoadTrue
            | OpCode::GetTable
            | OpCode::GetI
            | OpCode::AddI
            | OpCode::ShrI
            | OpCode::ShlI
            | OpCode::Add
            | OpCode::Sub
            | OpCode::Mul
            | OpCode::Mod
            | OpCode::Pow
            | OpCode::Div
            | OpCode::IDiv
            | OpCode::BAnd
            | OpCode::BOr
            | OpCode::BXor
            | OpCode::Shl
            | OpCode::Shr
            | OpCode::Unm
            | OpCode::BNot
            | OpCode::Not
            | OpCode::Len
            | OpCode::Concat
            | OpCode::Close
            | OpCode::Tbc
            | OpCode::Eq
            | OpCode::Lt
            | OpCode::Le
            | OpCode::EqI
            | OpCode::LtI
            | OpCode::LeI
            | OpCode::GtI
            | OpCode::GeI
            | OpCode::Test
            | OpCode::TestSet
            | OpCode::Return0
            | OpCode::Return1
            | OpCode::TForCall
            | OpCode::SetList
            | OpCode::VarargPrep
            | OpCode::ExtraArg => {}
        }
    }

    fn flip(&mut self) {
        if self.word.k() {
            self.more(b" flip");
        }
    }
}
