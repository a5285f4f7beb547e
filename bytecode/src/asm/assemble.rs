//! The assembler: statements in order, functions in each other.
//!
//! Functions that are begun are on a stack of the assembler's own, and a function's bytes are put
//! between those of the one around it only at the very end, so that neither depth nor size of a text
//! costs more than its length.

use super::function::{Bound, COUNTED, Encoded, Function, bound};
use super::operand::{index, instruction, is_reserved};
use super::token::{Line, Token};
use super::{AsmError, Assembly, FunctionLines, Note};
use crate::chunk::{AbsLine, UpvalDesc};
use crate::dump::{push_constant, push_header};
use crate::instruction::Instruction;
use crate::opcode::OpCode;

/// Bytes of text that all `.repeat` of a text may stand for.
pub const MAX_REPEATED: usize = 1 << 24;
/// `.splice` and `.append` in a text.
const MAX_SPLICES: usize = 4096;

/// Assembles a chunk.
///
/// # Errors
///
/// The first thing in the text that is not as the [language](super) has it. What the text says of
/// the chunk may be as wrong as it likes.
pub fn assemble(text: &str) -> Result<Assembly, AsmError> {
    let mut assembler = Assembler { lines: text.lines().collect(), ..Assembler::default() };
    assembler.open.push(Function::default());
    assembler.functions.push(FunctionLines::default());
    assembler.encoded.push(Encoded::default());
    while let Some(text) = assembler.lines.get(assembler.next).copied() {
        assembler.next += 1;
        let number = u32::try_from(assembler.next).unwrap_or(u32::MAX);
        let line = Line::new(number, text)?;
        if !assembler.repeats.is_empty() {
            assembler.n_repeated += text.len() + 1;
            if assembler.n_repeated > MAX_REPEATED {
                return Err(line.error_at(0, "the text is too long with all its repetitions"));
            }
        }
        assembler.line(line)?;
    }
    assembler.finish()
}

#[derive(Default)]
struct Assembler<'a> {
    lines: Vec<&'a str>,
    /// Index of the line that is read next.
    next: usize,
    repeats: Vec<Repeat>,
    /// Bytes of lines read inside of repetitions.
    n_repeated: usize,
    /// Functions begun, the main function first.
    open: Vec<Function<'a>>,
    /// By function number.
    functions: Vec<FunctionLines>,
    encoded: Vec<Encoded>,
    notes: Vec<Note>,
    header_upvalues: Option<u8>,
    splices: Vec<Splice>,
}

/// Lines that are read again.
struct Repeat {
    /// Index of the first one.
    first: usize,
    /// How many times more.
    n_left: u32,
}

/// A change to the finished bytes.
struct Splice {
    line: u32,
    /// Absent: at the end.
    at: Option<usize>,
    len: usize,
    bytes: Vec<u8>,
}

impl<'a> Assembler<'a> {
    fn line(&mut self, mut line: Line<'a>) -> Result<(), AsmError> {
        self.note(&line);
        while let (Some(Token::Word(label)), Some(Token::Mark(':'))) =
            (line.peek(), line.peek_second())
        {
            let label = *label;
            if is_reserved(label) {
                return Err(line.error(format!("{label} cannot be a label")));
            }
            line.skip();
            line.skip();
            if !self.function(&line)?.label(label) {
                return Err(line.error_at(0, format!("there is another label {label}")));
            }
        }
        if line.at_end() {
            return Ok(());
        }
        let name = line.word("a directive or an instruction")?;
        if name.starts_with('.') {
            self.directive(name, &mut line)?;
            return line.finish();
        }
        let Some(op) = OpCode::ALL.into_iter().find(|op| op.name().eq_ignore_ascii_case(name))
        else {
            return Err(line.error_before(format!("there is no instruction {name}")));
        };
        let Some(function) = self.open.last_mut() else { return Ok(()) };
        instruction(&mut line, op, function)
    }

    /// Keeps a note, once.
    fn note(&mut self, line: &Line<'a>) {
        let is_new = self.notes.last().is_none_or(|last| last.line < line.number);
        let function = self.open.last().map_or(0, |function| function.number);
        if let Some(text) = line.note.filter(|_| is_new) {
            self.notes.push(Note {
                line: line.number,
                text: text.to_owned(),
                stands_alone: line.is_empty(),
                function,
            });
        }
    }

    /// The function that statements are about.
    fn function(&mut self, line: &Line<'_>) -> Result<&mut Function<'a>, AsmError> {
        self.open.last_mut().ok_or_else(|| line.error("there is no function"))
    }

    fn directive(&mut self, name: &str, line: &mut Line<'a>) -> Result<(), AsmError> {
        match name {
            ".function" => return self.begin(line),
            ".end" => return self.end(line),
            ".repeat" => {
                let n = line.int("a number of times")?;
                if n == 0 {
                    return Err(line.error_before("at least one time"));
                }
                self.repeats.push(Repeat { first: self.next, n_left: n - 1 });
                return Ok(());
            }
            ".endrepeat" => return self.repeat(line),
            ".header_upvalues" => {
                self.header_upvalues = Some(line.byte("a number of upvalues")?);
                return Ok(());
            }
            ".splice" | ".append" => return self.splice(name, line),
            _ => {}
        }
        let number = line.number;
        let function = self.open.last_mut().ok_or_else(|| line.error("there is no function"))?;
        match name {
            ".source" => function.source = line.optional_text("a chunk name in quotes, or none")?,
            ".lines" => {
                function.line_defined = line.int("a line")?;
                function.last_line_defined = line.int("a line")?;
            }
            ".params" => function.n_params = line.byte("a number of parameters")?,
            ".vararg" => {
                let is_stated = !line.at_end();
                function.is_vararg = if is_stated { line.byte("a number")? } else { 1 };
            }
            ".stack" => function.max_stack = Some(line.byte("a number of registers")?),
            ".const" => {
                let bytes = match line.hex()? {
                    Some(bytes) => bytes,
                    None => {
                        let mut bytes = Vec::new();
                        push_constant(&mut bytes, &line.constant()?);
                        bytes
                    }
                };
                function.push_constant(bytes, number);
            }
            ".upvalue" => {
                let (upvalue, name) = upvalue(line)?;
                function.push_upvalue(upvalue, name, number);
            }
            ".local" => {
                let name = line.optional_text("a name in quotes, or none")?;
                let bounds: (Bound<'a>, Bound<'a>) = (bound(line)?, bound(line)?);
                function.push_local(name, bounds, number);
            }
            ".line" => function.line = Some(line.int("a line")?),
            ".lineinfo" => {
                let deltas = function.deltas.get_or_insert_default();
                while !line.at_end() {
                    deltas.push(line.integer("a line difference", -128, 127)? as i8);
                }
            }
            ".absline" if line.take_word("none") => {
                function.abs_lines.get_or_insert_default();
            }
            ".absline" => {
                let pc = line.int("an instruction's number")?;
                let entry = AbsLine { pc, line: line.int("a line")? };
                function.push_abs_line(entry, number);
            }
            ".word" => {
                let word = Instruction(line.int("a number of 32 bits")?);
                function.push_word(word, number);
            }
            ".count" => {
                let what = line.word("what is counted")?;
                let slot =
                    COUNTED.iter().zip(&mut function.counts).find(|(name, _)| **name == what);
                let Some((_, slot)) = slot else {
                    return Err(
                        line.error_before(format!("expected one of {}", COUNTED.join(", ")))
                    );
                };
                *slot = Some(line.integer("a number", 0, i64::MAX)? as u64);
            }
            _ => return Err(line.error_before(format!("there is no directive {name}"))),
        }
        Ok(())
    }

    fn begin(&mut self, line: &mut Line<'a>) -> Result<(), AsmError> {
        let name = match line.peek() {
            Some(Token::Word(name)) => Some(*name),
            _ => None,
        };
        if let Some(name) = name {
            if is_reserved(name) {
                return Err(line.error(format!("{name} cannot be the name of a function")));
            }
            line.skip();
        }
        let number = self.functions.len();
        self.functions.push(FunctionLines::default());
        self.encoded.push(Encoded::default());
        if !self.function(line)?.push_function(name, number) {
            let name = name.unwrap_or_default();
            return Err(line.error_before(format!("there is another function {name}")));
        }
        self.open.push(Function::new(number, line.number));
        Ok(())
    }

    fn end(&mut self, line: &Line<'a>) -> Result<(), AsmError> {
        if self.open.len() < 2 {
            return Err(line.error_at(0, ".end without .function"));
        }
        self.close()
    }

    /// Encodes the function that was begun last.
    fn close(&mut self) -> Result<(), AsmError> {
        let Some(mut function) = self.open.pop() else { return Ok(()) };
        let number = function.number;
        if let Some(encoded) = self.encoded.get_mut(number) {
            *encoded = function.encode()?;
        }
        if let Some(places) = self.functions.get_mut(number) {
            *places = function.places;
        }
        Ok(())
    }

    fn repeat(&mut self, line: &Line<'a>) -> Result<(), AsmError> {
        let Some(repeat) = self.repeats.last_mut() else {
            return Err(line.error_at(0, ".endrepeat without .repeat"));
        };
        match repeat.n_left.checked_sub(1) {
            Some(n) => {
                repeat.n_left = n;
                self.next = repeat.first;
            }
            None => {
                self.repeats.pop();
            }
        }
        Ok(())
    }

    fn splice(&mut self, name: &str, line: &mut Line<'a>) -> Result<(), AsmError> {
        let (at, len) = if name == ".append" {
            (None, 0)
        } else {
            (Some(line.int("an offset")? as usize), line.int("a number of bytes")? as usize)
        };
        let Some(bytes) = line.hex()? else {
            return Err(line.expected("hex and bytes in quotes"));
        };
        if self.splices.len() >= MAX_SPLICES {
            return Err(line.error_at(0, "too many splices"));
        }
        self.splices.push(Splice { line: line.number, at, len, bytes });
        Ok(())
    }

    fn finish(mut self) -> Result<Assembly, AsmError> {
        let n_lines = u32::try_from(self.lines.len()).unwrap_or(u32::MAX);
        let error = |message: &str| Err(AsmError::new(n_lines.max(1), 1, message));
        if !self.repeats.is_empty() {
            return error("expected .endrepeat, found the end of the text");
        }
        if self.open.len() > 1 {
            return error("expected .end, found the end of the text");
        }
        let n_upvalues = self.open.first().map_or(0, Function::n_upvalues);
        self.close()?;
        let mut bytes = Vec::new();
        push_header(&mut bytes);
        bytes.push(self.header_upvalues.unwrap_or(n_upvalues as u8));
        self.emit(&mut bytes);
        for splice in std::mem::take(&mut self.splices) {
            apply(splice, &mut bytes)?;
        }
        Ok(Assembly { bytes, notes: self.notes, functions: self.functions })
    }

    /// Puts the bytes of all functions in order.
    fn emit(&self, out: &mut Vec<u8>) {
        // Functions begun, each with how many of its nested ones are done.
        let mut path = vec![(0, 0)];
        while let Some((number, n_done)) = path.last_mut() {
            let number = *number;
            let (Some(encoded), Some(lines)) =
                (self.encoded.get(number), self.functions.get(number))
            else {
                return;
            };
            if *n_done == 0 {
                out.extend_from_slice(&encoded.head);
            }
            let child = lines.children.get(*n_done);
            *n_done += 1;
            if let Some(child) = child {
                path.push((*child, 0));
            } else {
                out.extend_from_slice(&encoded.tail);
                path.pop();
            }
        }
    }
}

fn apply(splice: Splice, bytes: &mut Vec<u8>) -> Result<(), AsmError> {
    let at = splice.at.unwrap_or(bytes.len());
    let range = at..at.saturating_add(splice.len);
    match bytes.get_mut(range.clone()) {
        Some(place) if place.len() == splice.bytes.len() => place.copy_from_slice(&splice.bytes),
        Some(_) => drop(bytes.splice(range, splice.bytes)),
        None => {
            let message = format!("the chunk has only {} bytes", bytes.len());
            return Err(AsmError::new(splice.line, 1, message));
        }
    }
    Ok(())
}

/// Place, kind and name of an upvalue. The name says whether there is one at all.
type Upvalue = (UpvalDesc, Option<Option<Vec<u8>>>);

fn upvalue(line: &mut Line<'_>) -> Result<Upvalue, AsmError> {
    const PLACE: &str = "a register or upvalue of the enclosing function";
    let (in_stack, idx) = match line.peek() {
        Some(Token::Word(word)) => {
            let found =
                index(word, 'R').map(|idx| (1, idx)).or(index(word, 'U').map(|idx| (0, idx)));
            let Some((in_stack, idx)) = found else { return Err(line.expected(PLACE)) };
            let Ok(idx) = u8::try_from(idx) else { return Err(line.error("255 is the last one")) };
            line.skip();
            (in_stack, idx)
        }
        _ => {
            let in_stack = line.byte(PLACE)?;
            if !line.take_mark('/') {
                return Err(line.expected("/ and an index"));
            }
            (in_stack, line.byte("an index")?)
        }
    };
    let mut kind = 0;
    if line.take_word("kind") {
        if !line.take_mark('=') {
            return Err(line.expected("="));
        }
        kind = line.byte("a kind")?;
    }
    let name =
        if line.at_end() { None } else { Some(line.optional_text("a name in quotes, or none")?) };
    Ok((UpvalDesc { in_stack, idx, kind }, name))
}
