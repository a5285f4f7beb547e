//! The disassembler: a text from which the assembler makes the same bytes.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use super::lines;
use super::operand::{Field, blank, fields, has_place};
use super::token::quote;
use crate::chunk::{Chunk, Constant, Proto};
use crate::dump::{Strip, dump, push_constant};
use crate::error::LoadError;
use crate::event::EVENT_NAMES;
use crate::instruction::Instruction;
use crate::limits::MAX_SHORT_LEN;
use crate::load::load;
use crate::opcode::{Format, Role};

/// The text of a chunk given in bytes; assembled, it is the same bytes, also where those are not
/// what a compiler would write.
///
/// # Errors
///
/// If the bytes do not load.
pub fn disassemble(bytes: &[u8]) -> Result<String, LoadError> {
    let mut out = Vec::new();
    // Writing to a vector cannot fail.
    let _ = disassemble_chunk(&mut out, &load(bytes)?, Some(bytes));
    Ok(String::from_utf8_lossy(&out).into_owned())
}

/// Prints the text of a chunk. Assembled, it is what [`dump`] writes, or `bytes` if those are given:
/// the bytes that the chunk was loaded from.
///
/// # Errors
///
/// Those of `out`.
pub fn disassemble_chunk(
    out: &mut dyn Write,
    chunk: &Chunk,
    bytes: Option<&[u8]>,
) -> io::Result<()> {
    let mut printer = Printer { out, text: String::new() };
    if usize::from(chunk.n_upvalues) != chunk.main.upvalues.len() % 256 {
        let _ = writeln!(printer.text, ".header_upvalues {}", chunk.n_upvalues);
    }
    printer.function(&chunk.main)?;
    if let Some(bytes) = bytes {
        printer.splice(&dump(chunk, Strip::Nothing), bytes);
    }
    printer.flush()
}

/// Text is handed on whenever there is this much of it.
const FLUSH_AT: usize = 1 << 16;
/// Line differences in a row of the text.
const DELTAS_PER_LINE: usize = 32;

struct Printer<'a> {
    out: &'a mut dyn Write,
    text: String,
}

// Writing to a string cannot fail, so that results of `write!` are of no interest below.
impl Printer<'_> {
    fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(self.text.as_bytes())?;
        self.text.clear();
        Ok(())
    }

    fn flush_if_long(&mut self) -> io::Result<()> {
        if self.text.len() >= FLUSH_AT { self.flush() } else { Ok(()) }
    }

    /// Everything of a function. Recursion is as deep as functions nest, which the loader limits.
    fn function(&mut self, proto: &Proto) -> io::Result<()> {
        self.head(proto);
        for constant in &proto.constants {
            self.text.push_str(".const ");
            push_value(&mut self.text, constant);
            self.text.push('\n');
            self.flush_if_long()?;
        }
        self.upvalues(proto)?;
        self.code(proto)?;
        for var in &proto.loc_vars {
            self.text.push_str(".local ");
            push_name(&mut self.text, var.name.as_deref());
            let _ = writeln!(self.text, " {} {}", var.start_pc, var.end_pc);
            self.flush_if_long()?;
        }
        for (idx, nested) in proto.protos.iter().enumerate() {
            let _ = writeln!(self.text, "\n.function ; F{idx}");
            self.function(nested)?;
            self.text.push_str(".end\n");
        }
        Ok(())
    }

    fn head(&mut self, proto: &Proto) {
        if let Some(source) = &proto.source {
            self.text.push_str(".source ");
            quote(&mut self.text, source);
            self.text.push('\n');
        }
        if (proto.line_defined, proto.last_line_defined) != (0, 0) {
            let lines = (proto.line_defined, proto.last_line_defined);
            let _ = writeln!(self.text, ".lines {} {}", lines.0, lines.1);
        }
        if proto.n_params != 0 {
            let _ = writeln!(self.text, ".params {}", proto.n_params);
        }
        match proto.is_vararg {
            0 => {}
            1 => self.text.push_str(".vararg\n"),
            mark => drop(writeln!(self.text, ".vararg {mark}")),
        }
        let _ = writeln!(self.text, ".stack {}", proto.max_stack);
    }

    fn upvalues(&mut self, proto: &Proto) -> io::Result<()> {
        for (i, upvalue) in proto.upvalues.iter().enumerate() {
            let _ = match upvalue.in_stack {
                0 => write!(self.text, ".upvalue U{}", upvalue.idx),
                1 => write!(self.text, ".upvalue R{}", upvalue.idx),
                mark => write!(self.text, ".upvalue {mark}/{}", upvalue.idx),
            };
            if upvalue.kind != 0 {
                let _ = write!(self.text, " kind={}", upvalue.kind);
            }
            if let Some(name) = proto.upvalue_names.get(i) {
                self.text.push(' ');
                push_name(&mut self.text, name.as_deref());
            }
            self.text.push('\n');
            self.flush_if_long()?;
        }
        Ok(())
    }

    fn code(&mut self, proto: &Proto) -> io::Result<()> {
        let has_plain_lines = self.line_tables(proto)?;
        let code = Code::new(proto);
        let mut lines = proto.lines();
        let mut previous = None;
        for (pc, word) in (0..).zip(&proto.code) {
            let line = lines.next().filter(|_| has_plain_lines);
            if let Some(line) = line.filter(|_| line != previous) {
                let _ = writeln!(self.text, ".line {line}");
            }
            previous = line;
            if code.is_target.get(pc) == Some(&true) {
                let _ = writeln!(self.text, "L{pc}:");
            }
            code.instruction(&mut self.text, pc, *word);
            self.flush_if_long()?;
        }
        Ok(())
    }

    /// States the line tables as they are, if `.line` cannot. Says whether it can.
    fn line_tables(&mut self, proto: &Proto) -> io::Result<bool> {
        let is_whole = proto.line_info.len() == proto.code.len();
        let (deltas, abs_lines) = lines::encode(proto.line_defined, proto.lines());
        if is_whole && deltas == proto.line_info && abs_lines == proto.abs_line_info {
            return Ok(true);
        }
        for row in proto.line_info.chunks(DELTAS_PER_LINE) {
            self.text.push_str(".lineinfo");
            for delta in row {
                let _ = write!(self.text, " {delta}");
            }
            self.text.push('\n');
            self.flush_if_long()?;
        }
        for entry in &proto.abs_line_info {
            let _ = writeln!(self.text, ".absline {} {}", entry.pc, entry.line);
            self.flush_if_long()?;
        }
        Ok(false)
    }

    /// States in what `wanted` differs from `made`.
    fn splice(&mut self, made: &[u8], wanted: &[u8]) {
        if made == wanted {
            return;
        }
        let n_same = |pairs: &mut dyn Iterator<Item = (&u8, &u8)>| {
            pairs.take_while(|(made, wanted)| made == wanted).count()
        };
        let before = n_same(&mut made.iter().zip(wanted));
        let shorter = made.len().min(wanted.len()) - before;
        let after = n_same(&mut made.iter().rev().zip(wanted.iter().rev()).take(shorter));
        let _ = write!(self.text, ".splice {before} {} hex\"", made.len() - before - after);
        for byte in wanted.get(before..wanted.len() - after).unwrap_or_default() {
            let _ = write!(self.text, "{byte:02x}");
        }
        self.text.push_str("\"\n");
    }
}

/// What the instructions of a function need to know of it.
struct Code<'a> {
    proto: &'a Proto,
    /// By instruction, whether a jump goes there.
    is_target: Vec<bool>,
    /// By constant, whether it may be stated by its value: it is short, and the first of its kind.
    by_value: Vec<bool>,
}

impl<'a> Code<'a> {
    fn new(proto: &'a Proto) -> Self {
        let mut is_target = vec![false; proto.code.len()];
        for (pc, word) in proto.code.iter().enumerate() {
            let Some(op) = word.opcode() else { continue };
            for (_, role) in fields(op) {
                let target = target(role, pc, *word).and_then(|to| usize::try_from(to).ok());
                if let Some(mark) = target.and_then(|to| is_target.get_mut(to)) {
                    *mark = true;
                }
            }
        }
        let mut seen = HashMap::new();
        let by_value = proto.constants.iter().map(|constant| {
            let is_short =
                !matches!(constant, Constant::String(text) if text.len() > MAX_SHORT_LEN);
            let mut bytes = Vec::new();
            if is_short {
                push_constant(&mut bytes, constant);
            }
            is_short && seen.insert(bytes, ()).is_none()
        });
        Self { proto, is_target, by_value: by_value.collect() }
    }

    fn instruction(&self, out: &mut String, pc: usize, word: Instruction) {
        let Some(op) = word.opcode() else {
            let _ = writeln!(out, "    .word {:#010x}", word.0);
            return;
        };
        let _ = write!(out, "    {:<10}", op.name());
        for (field, role) in fields(op).filter(|(_, role)| has_place(*role)) {
            out.push(' ');
            self.operand(out, pc, word, (field, role));
        }
        let [.., k_role] = op.info().roles;
        if op.info().format == Format::Abc {
            match k_role {
                Role::Condition => drop(write!(out, " {}", u8::from(word.k()))),
                // The operand's letter says it.
                Role::SelectsK => {}
                _ if word.k() => out.push_str(" k"),
                _ => {}
            }
        }
        let blank = blank(op);
        for (field, _) in fields(op).filter(|(_, role)| !has_place(*role)) {
            if field.get(word) != field.get(blank) {
                let _ = write!(out, " {}={}", field.name(), field.get(word));
            }
        }
        let trimmed = out.trim_end_matches(' ').len();
        out.truncate(trimmed);
        out.push('\n');
    }

    fn operand(
        &self,
        out: &mut String,
        pc: usize,
        word: Instruction,
        (field, role): (Field, Role),
    ) {
        let value = field.get(word);
        let _ = match role {
            Role::Out | Role::In | Role::InOut | Role::Limit => write!(out, "R{value}"),
            Role::Rk | Role::RkStr if !word.k() => write!(out, "R{value}"),
            Role::K | Role::KField | Role::KNum | Role::KInt | Role::Rk | Role::RkStr => {
                self.constant(out, value);
                Ok(())
            }
            Role::Upval => write!(out, "U{value}"),
            Role::Proto => write!(out, "F{value}"),
            Role::SImm => match field {
                Field::B => write!(out, "{}", word.sb()),
                Field::C => write!(out, "{}", word.sc()),
                _ => write!(out, "{}", word.sbx()),
            },
            Role::Event => match EVENT_NAMES.get(value as usize) {
                Some(name) => write!(out, "{name}"),
                None => write!(out, "{value}"),
            },
            Role::JumpFwd | Role::JumpLoop | Role::JumpPrep | Role::JumpTfor => {
                match target(role, pc, word) {
                    Some(to) if (0..self.proto.code.len() as i64).contains(&to) => {
                        write!(out, "L{to}")
                    }
                    _ if role == Role::JumpFwd => write!(out, "{}", word.sj()),
                    _ => write!(out, "{value}"),
                }
            }
            _ => write!(out, "{value}"),
        };
    }

    fn constant(&self, out: &mut String, idx: u32) {
        let constant = self.proto.constants.get(idx as usize);
        match constant.filter(|_| self.by_value.get(idx as usize) == Some(&true)) {
            Some(Constant::String(text)) => {
                out.push('K');
                quote(out, text);
            }
            Some(constant) => {
                out.push_str("K(");
                push_value(out, constant);
                out.push(')');
            }
            None => drop(write!(out, "K{idx}")),
        }
    }
}

/// Where a jump goes, if the role is that of one.
fn target(role: Role, pc: usize, word: Instruction) -> Option<i64> {
    let next = pc as i64 + 1;
    match role {
        Role::JumpFwd => Some(next + i64::from(word.sj())),
        Role::JumpLoop => Some(next - i64::from(word.bx())),
        Role::JumpPrep => Some(next + 1 + i64::from(word.bx())),
        Role::JumpTfor => Some(next + i64::from(word.bx())),
        _ => None,
    }
}

fn push_name(out: &mut String, name: Option<&[u8]>) {
    match name {
        Some(name) => quote(out, name),
        None => out.push_str("none"),
    }
}

/// The value of a constant.
fn push_value(out: &mut String, constant: &Constant) {
    let _ = match constant {
        Constant::Nil => write!(out, "nil"),
        Constant::Bool(value) => write!(out, "{value}"),
        Constant::Integer(value) => write!(out, "{value}"),
        Constant::Float(value) if value.is_nan() => write!(out, "nan({:#x})", value.to_bits()),
        // Shortest digits that are read as the same float, with a dot or an exponent.
        Constant::Float(value) => write!(out, "{value:?}"),
        Constant::String(text) => {
            quote(out, text);
            Ok(())
        }
    };
}
