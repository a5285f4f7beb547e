//! One instruction: its operands, as the opcode table gives them roles.

use super::AsmError;
use super::function::{Fixup, Function, Target};
use super::token::{Line, Token};
use crate::dump::push_constant;
use crate::event::EVENT_NAMES;
use crate::instruction::{Instruction, MAX_AX, MAX_BX, MAX_C, OFFSET_SBX, OFFSET_SC, OFFSET_SJ};
use crate::opcode::{Format, OpCode, Role};

/// A part of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    A,
    B,
    C,
    Bx,
    /// Ax, or sJ as it is stored.
    Ax,
}

impl Field {
    /// Its name in messages, and in operands that have no place.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::Bx => "Bx",
            Self::Ax => "Ax",
        }
    }

    /// Its greatest value.
    pub(super) const fn max(self) -> u32 {
        match self {
            Self::A | Self::B | Self::C => MAX_C,
            Self::Bx => MAX_BX,
            Self::Ax => MAX_AX,
        }
    }

    /// What is added to a signed number before it is stored there.
    const fn offset(self) -> i32 {
        match self {
            Self::A | Self::B | Self::C => OFFSET_SC,
            Self::Bx => OFFSET_SBX,
            Self::Ax => OFFSET_SJ,
        }
    }

    /// The word with this field changed.
    pub(super) const fn set(self, word: Instruction, value: u32) -> Instruction {
        match self {
            Self::A => word.with_a(value),
            Self::B => word.with_b(value),
            Self::C => word.with_c(value),
            Self::Bx => word.with_bx(value),
            Self::Ax => Instruction(word.0 & 0x7F | (value & MAX_AX) << 7),
        }
    }

    pub(super) const fn get(self, word: Instruction) -> u32 {
        match self {
            Self::A => word.a(),
            Self::B => word.b(),
            Self::C => word.c(),
            Self::Bx => word.bx(),
            Self::Ax => word.ax(),
        }
    }
}

/// The fields of a format, with the roles that an opcode gives them.
pub(super) fn fields(op: OpCode) -> impl Iterator<Item = (Field, Role)> {
    let info = op.info();
    let names: &[Field] = match info.format {
        Format::Abc => &[Field::A, Field::B, Field::C],
        Format::Abx | Format::AsBx => &[Field::A, Field::Bx],
        Format::Ax | Format::SJ => &[Field::Ax],
    };
    names.iter().copied().zip(info.roles)
}

/// Whether a field has a place among the operands.
pub(super) fn has_place(role: Role) -> bool {
    !matches!(role, Role::Unused | Role::FloatMark)
}

/// What compilers put in fields that mean nothing. Mirrors `luaK_ret`, lcode.c.
pub(super) fn blank(op: OpCode) -> Instruction {
    match op {
        OpCode::Return0 => Instruction::abc(op, 0, 1, 0, false),
        OpCode::Return1 => Instruction::abc(op, 0, 2, 0, false),
        _ => Instruction(op as u32),
    }
}

/// Reads the operands of `op` and adds the instruction.
pub(super) fn instruction<'a>(
    line: &mut Line<'a>,
    op: OpCode,
    function: &mut Function<'a>,
) -> Result<(), AsmError> {
    let mut reader = Reader { line, function, word: blank(op) };
    for (field, role) in fields(op) {
        if has_place(role) && !(op == OpCode::Return0 && reader.line.at_end()) {
            reader.operand(field, role)?;
        }
    }
    reader.flag(op)?;
    reader.named_fields(op)?;
    let word = reader.word;
    line.finish()?;
    function.push_word(word, line.number);
    Ok(())
}

struct Reader<'l, 'a> {
    line: &'l mut Line<'a>,
    function: &'l mut Function<'a>,
    word: Instruction,
}

impl Reader<'_, '_> {
    fn operand(&mut self, field: Field, role: Role) -> Result<(), AsmError> {
        let value = match role {
            Role::Out | Role::In | Role::InOut | Role::Limit => {
                self.indexed('R', "a register", field)?
            }
            Role::K | Role::KField | Role::KNum | Role::KInt => return self.constant(field),
            Role::Rk | Role::RkStr if matches!(self.line.peek(), Some(Token::Word(word)) if word.starts_with('K')) =>
            {
                self.word = self.word.with_k(true);
                return self.constant(field);
            }
            Role::Rk | Role::RkStr => self.indexed('R', "a register or constant", field)?,
            Role::Upval => self.indexed('U', "an upvalue", field)?,
            Role::Proto => return self.proto(field),
            Role::SImm => {
                let offset = field.offset();
                let bounds = (i64::from(-offset), i64::from(field.max()) - i64::from(offset));
                let value = self.line.integer("a signed number", bounds.0, bounds.1)?;
                (value + i64::from(offset)) as u32
            }
            Role::Event => self.event(field)?,
            Role::Extra if matches!(self.line.peek(), Some(Token::Word(_))) => {
                return self.constant(field);
            }
            Role::JumpFwd | Role::JumpLoop | Role::JumpPrep | Role::JumpTfor => {
                return self.target(field, role);
            }
            _ => self.number("a number", field)?,
        };
        self.word = field.set(self.word, value);
        Ok(())
    }

    fn number(&mut self, what: &str, field: Field) -> Result<u32, AsmError> {
        self.line.integer(what, 0, i64::from(field.max())).map(|value| value as u32)
    }

    /// A letter and a number, or the number alone.
    fn indexed(&mut self, letter: char, what: &str, field: Field) -> Result<u32, AsmError> {
        let Some(Token::Word(word)) = self.line.peek() else { return self.number(what, field) };
        let Some(idx) = index(word, letter) else { return Err(self.line.expected(what)) };
        if idx > u64::from(field.max()) {
            let message = format!("{} is at most {}", field.name(), field.max());
            return Err(self.line.error(message));
        }
        self.line.skip();
        Ok(idx as u32)
    }

    /// `K3`, a number, or a value in the table.
    fn constant(&mut self, field: Field) -> Result<(), AsmError> {
        let opens_value =
            matches!(self.line.peek_second(), Some(Token::Text(_) | Token::Mark('(')));
        if !(opens_value && matches!(self.line.peek(), Some(Token::Word("K")))) {
            let idx = self.indexed('K', "a constant", field)?;
            self.word = field.set(self.word, idx);
            return Ok(());
        }
        let place = self.line.place();
        self.line.skip();
        let in_parentheses = self.line.take_mark('(');
        let constant = self.line.constant()?;
        if in_parentheses && !self.line.take_mark(')') {
            return Err(self.line.expected("a closing parenthesis"));
        }
        let mut bytes = Vec::new();
        push_constant(&mut bytes, &constant);
        self.function.fix(Fixup { place, field, target: Target::Constant(bytes) });
        Ok(())
    }

    /// `F3`, a number, or a name.
    fn proto(&mut self, field: Field) -> Result<(), AsmError> {
        match self.line.peek() {
            Some(Token::Word(name)) if index(name, 'F').is_none() => {
                let target = Target::Function(name);
                let place = self.line.place();
                self.line.skip();
                self.function.fix(Fixup { place, field, target });
            }
            _ => {
                let idx = self.indexed('F', "a function", field)?;
                self.word = field.set(self.word, idx);
            }
        }
        Ok(())
    }

    /// A label, or the field as it is.
    fn target(&mut self, field: Field, role: Role) -> Result<(), AsmError> {
        if let Some(Token::Word(label)) = self.line.peek() {
            let target = Target::Label { label, role };
            let place = self.line.place();
            self.line.skip();
            self.function.fix(Fixup { place, field, target });
            return Ok(());
        }
        if role == Role::JumpFwd {
            return self.operand(field, Role::SImm);
        }
        let value = self.number("a label or number", field)?;
        self.word = field.set(self.word, value);
        Ok(())
    }

    fn event(&mut self, field: Field) -> Result<u32, AsmError> {
        let Some(Token::Word(name)) = self.line.peek() else {
            return self.number("an event", field);
        };
        match EVENT_NAMES.iter().position(|event| event == name) {
            Some(event) => {
                self.line.skip();
                Ok(event as u32)
            }
            None => Err(self.line.expected("an event, such as __add")),
        }
    }

    /// Flag k: a condition is stated, any other flag only if it is set.
    fn flag(&mut self, op: OpCode) -> Result<(), AsmError> {
        let [.., role] = op.info().roles;
        let k = match role {
            Role::Condition => self.line.integer("a condition", 0, 1)? != 0,
            _ => self.word.k() || op.info().format == Format::Abc && self.line.at_flag(),
        };
        if op.info().format == Format::Abc {
            self.word = self.word.with_k(k);
        }
        Ok(())
    }

    /// `C=1` and the like, for any field of the word.
    fn named_fields(&mut self, op: OpCode) -> Result<(), AsmError> {
        while let Some(Token::Word(name)) = self.line.peek() {
            let name = *name;
            let field = fields(op).map(|(field, _)| field).find(|field| field.name() == name);
            if field.is_none() && !(name == "k" && op.info().format == Format::Abc) {
                return Err(self.line.expected("a field of this opcode"));
            }
            self.line.skip();
            if !self.line.take_mark('=') {
                return Err(self.line.expected("="));
            }
            match field {
                Some(field) => {
                    let value = self.number("a number", field)?;
                    self.word = field.set(self.word, value);
                }
                None => {
                    let k = self.line.integer("0 or 1", 0, 1)? != 0;
                    self.word = self.word.with_k(k);
                }
            }
        }
        Ok(())
    }
}

/// The number behind a letter, if the word is nothing else.
pub(super) fn index(word: &str, letter: char) -> Option<u64> {
    let digits = word.strip_prefix(letter)?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

/// Whether a word cannot be the name of a label or function, because it is an operand.
pub(super) fn is_reserved(word: &str) -> bool {
    matches!(word, "k" | "K" | "none" | "hex")
        || word.starts_with('.')
        || ['R', 'K', 'U', 'F'].iter().any(|letter| index(word, *letter).is_some())
}
