//! Lines of assembly in their tokens, and the values that several statements have in common.

use super::AsmError;
use crate::byte_string::ByteString;
use crate::chunk::Constant;

/// What a line is made of.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'a> {
    /// A directive with its dot, a mnemonic, a label, a name, an operand such as `R3`.
    Word(&'a str),
    /// Begins with a digit or a sign.
    Number(&'a str),
    /// A string in quotes, by what it stands for.
    Text(Vec<u8>),
    /// One of `:`, `=`, `(`, `)` and `/`.
    Mark(char),
}

/// A line of tokens, read from left to right.
#[derive(Debug)]
pub(super) struct Line<'a> {
    /// Counted from 1.
    pub(super) number: u32,
    text: &'a str,
    /// Tokens with the bytes that they take.
    tokens: Vec<(Token<'a>, std::ops::Range<usize>)>,
    next: usize,
    /// A comment that begins with `;!`, without that.
    pub(super) note: Option<&'a str>,
}

/// Whether a word may go on with it.
fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '$')
}

impl<'a> Line<'a> {
    /// Parts a line into tokens.
    pub(super) fn new(number: u32, text: &'a str) -> Result<Self, AsmError> {
        let mut line = Self { number, text, tokens: Vec::new(), next: 0, note: None };
        let mut at = 0;
        loop {
            let rest = text.get(at..).unwrap_or_default();
            let trimmed = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
            at += rest.len() - trimmed.len();
            let Some(first) = trimmed.chars().next() else { return Ok(line) };
            let (token, len) = match first {
                ';' => {
                    line.note = trimmed.strip_prefix(";!").map(str::trim);
                    return Ok(line);
                }
                ':' | '=' | '(' | ')' | '/' => (Token::Mark(first), 1),
                '"' => {
                    let (bytes, len) = line.quoted(at, trimmed)?;
                    (Token::Text(bytes), len)
                }
                c if c.is_ascii_digit() || c == '-' || c == '+' => {
                    let number = number_prefix(trimmed);
                    (Token::Number(number), number.len())
                }
                c if is_word(c) => {
                    let len = trimmed.find(|c| !is_word(c)).unwrap_or(trimmed.len());
                    (Token::Word(trimmed.get(..len).unwrap_or_default()), len)
                }
                c => return Err(line.error_at(at, format!("unexpected character {c:?}"))),
            };
            line.tokens.push((token, at..at + len));
            at += len;
        }
    }

    /// A string that begins at `at`, and how many bytes it takes.
    fn quoted(&self, at: usize, text: &str) -> Result<(Vec<u8>, usize), AsmError> {
        let mut bytes = Vec::new();
        let mut chars = text.char_indices().skip(1);
        while let Some((i, c)) = chars.next() {
            match c {
                '"' => return Ok((bytes, i + 1)),
                '\\' => {
                    let escape = chars.next().map(|(_, c)| c);
                    let byte = match escape {
                        Some('n') => b'\n',
                        Some('r') => b'\r',
                        Some('t') => b'\t',
                        Some('\\') => b'\\',
                        Some('"') => b'"',
                        Some('x') => {
                            let digits = text.get(i + 2..i + 4).unwrap_or_default();
                            chars.next();
                            chars.next();
                            u8::from_str_radix(digits, 16)
                                .ok()
                                .filter(|_| digits.bytes().all(|b| b.is_ascii_hexdigit()))
                                .ok_or_else(|| {
                                    self.error_at(at + i, "expected two hex digits after \\x")
                                })?
                        }
                        _ => {
                            let message =
                                "expected \\n, \\r, \\t, \\\\, \\\" or \\x and two hex digits";
                            return Err(self.error_at(at + i, message));
                        }
                    };
                    bytes.push(byte);
                }
                c => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        Err(self.error_at(at, "expected a closing quote"))
    }

    /// An error at a byte of the line.
    #[cold]
    pub(super) fn error_at(&self, byte: usize, message: impl Into<String>) -> AsmError {
        let before = self.text.get(..byte).map_or(byte, |text| text.chars().count());
        AsmError::new(self.number, u32::try_from(before + 1).unwrap_or(u32::MAX), message)
    }

    /// An error at the token that is read next.
    #[cold]
    pub(super) fn error(&self, message: impl Into<String>) -> AsmError {
        let at = self.tokens.get(self.next).map_or(self.end(), |(_, range)| range.start);
        self.error_at(at, message)
    }

    /// An error at the token that was read last.
    #[cold]
    pub(super) fn error_before(&self, message: impl Into<String>) -> AsmError {
        let last = self.next.checked_sub(1).and_then(|last| self.tokens.get(last));
        self.error_at(last.map_or(0, |(_, range)| range.start), message)
    }

    /// The token that is read next is not what was expected.
    #[cold]
    pub(super) fn expected(&self, what: &str) -> AsmError {
        match self.tokens.get(self.next) {
            Some((_, range)) => {
                let found = self.text.get(range.clone()).unwrap_or_default();
                self.error(format!("expected {what}, found {found}"))
            }
            None => self.error(format!("expected {what}, found the end of the line")),
        }
    }

    /// Line and column of the token that is read next.
    pub(super) fn place(&self) -> (u32, u32) {
        let error = self.error("");
        (error.line(), error.column())
    }

    /// Reads a `k` that is a flag, not the name of a field.
    pub(super) fn at_flag(&mut self) -> bool {
        self.peek_second() != Some(&Token::Mark('=')) && self.take_word("k")
    }

    /// Where the last token ends.
    fn end(&self) -> usize {
        self.tokens.last().map_or(0, |(_, range)| range.end)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    pub(super) fn at_end(&self) -> bool {
        self.next >= self.tokens.len()
    }

    pub(super) fn peek(&self) -> Option<&Token<'a>> {
        self.tokens.get(self.next).map(|(token, _)| token)
    }

    pub(super) fn peek_second(&self) -> Option<&Token<'a>> {
        self.tokens.get(self.next + 1).map(|(token, _)| token)
    }

    pub(super) fn skip(&mut self) {
        self.next += 1;
    }

    /// Reads the word if it is the next token.
    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let is_it = matches!(self.peek(), Some(Token::Word(found)) if *found == word);
        self.next += usize::from(is_it);
        is_it
    }

    pub(super) fn take_mark(&mut self, mark: char) -> bool {
        let is_it = self.peek() == Some(&Token::Mark(mark));
        self.next += usize::from(is_it);
        is_it
    }

    /// Reads any word.
    pub(super) fn word(&mut self, what: &str) -> Result<&'a str, AsmError> {
        match self.peek() {
            Some(Token::Word(word)) => {
                let word = *word;
                self.skip();
                Ok(word)
            }
            _ => Err(self.expected(what)),
        }
    }

    /// Nothing more may follow.
    pub(super) fn finish(&self) -> Result<(), AsmError> {
        if self.at_end() { Ok(()) } else { Err(self.expected("the end of the line")) }
    }

    /// Reads an integer within bounds.
    pub(super) fn integer(&mut self, what: &str, min: i64, max: i64) -> Result<i64, AsmError> {
        let Some(Token::Number(text)) = self.peek() else { return Err(self.expected(what)) };
        match parse_integer(text) {
            Some(value) if (i128::from(min)..=i128::from(max)).contains(&value) => {
                self.skip();
                // Within the bounds.
                Ok(value as i64)
            }
            Some(_) => Err(self.error(format!("{what} lies from {min} to {max}"))),
            None => Err(self.expected(what)),
        }
    }

    pub(super) fn byte(&mut self, what: &str) -> Result<u8, AsmError> {
        self.integer(what, 0, 255).map(|value| value as u8)
    }

    /// Reads a count, line or position.
    pub(super) fn int(&mut self, what: &str) -> Result<u32, AsmError> {
        self.integer(what, 0, i64::from(u32::MAX)).map(|value| value as u32)
    }

    /// Reads a string.
    pub(super) fn text(&mut self, what: &str) -> Result<Vec<u8>, AsmError> {
        let Some(Token::Text(bytes)) = self.peek() else { return Err(self.expected(what)) };
        let bytes = bytes.clone();
        self.skip();
        Ok(bytes)
    }

    /// Reads a string, or `none`.
    pub(super) fn optional_text(&mut self, what: &str) -> Result<Option<Vec<u8>>, AsmError> {
        if self.take_word("none") { Ok(None) } else { self.text(what).map(Some) }
    }

    /// Reads `hex"..."`, if that is what comes next.
    pub(super) fn hex(&mut self) -> Result<Option<Vec<u8>>, AsmError> {
        if !matches!(self.peek(), Some(Token::Word("hex"))) {
            return Ok(None);
        }
        self.skip();
        let digits = self.text("bytes in quotes")?;
        let digits: Vec<u8> = digits.into_iter().filter(|b| !b.is_ascii_whitespace()).collect();
        let value = |digit: &u8| char::from(*digit).to_digit(16).map(|digit| digit as u8);
        let (pairs, rest) = digits.as_chunks::<2>();
        let bytes: Option<Vec<u8>> =
            pairs.iter().map(|[high, low]| Some(value(high)? << 4 | value(low)?)).collect();
        match bytes {
            Some(bytes) if rest.is_empty() => Ok(Some(bytes)),
            _ => Err(self.error_before("expected pairs of hex digits")),
        }
    }

    /// Reads the value of a constant.
    pub(super) fn constant(&mut self) -> Result<Constant, AsmError> {
        let constant = match self.peek() {
            Some(Token::Text(bytes)) => Constant::String(ByteString::new(bytes)),
            Some(Token::Word("nil")) => Constant::Nil,
            Some(Token::Word("true")) => Constant::Bool(true),
            Some(Token::Word("false")) => Constant::Bool(false),
            Some(Token::Word("inf")) => Constant::Float(f64::INFINITY),
            Some(Token::Word("nan")) => return self.nan(),
            Some(Token::Number(text)) => match parse_number(text) {
                Some(constant) => constant,
                None => return Err(self.expected("an integer of 64 bits or a float")),
            },
            _ => return Err(self.expected("a value")),
        };
        self.skip();
        Ok(constant)
    }

    /// `nan`, or `nan(BITS)`: a float by its bits.
    fn nan(&mut self) -> Result<Constant, AsmError> {
        self.skip();
        if !self.take_mark('(') {
            return Ok(Constant::Float(f64::NAN));
        }
        let bits = match self.peek() {
            Some(Token::Number(text)) => parse_integer(text).and_then(|i| u64::try_from(i).ok()),
            _ => None,
        };
        let Some(bits) = bits else { return Err(self.expected("64 bits as a number")) };
        self.skip();
        if !self.take_mark(')') {
            return Err(self.expected("a closing parenthesis"));
        }
        Ok(Constant::Float(f64::from_bits(bits)))
    }
}

/// A sign, then letters, digits and dots; a sign again behind the exponent's letter.
fn number_prefix(text: &str) -> &str {
    let is_hex = text.trim_start_matches(['+', '-']).starts_with("0x");
    let mut previous = '-';
    let len = text
        .char_indices()
        .find(|&(i, c)| {
            let after_exponent = !is_hex && matches!(previous, 'e' | 'E');
            previous = c;
            let is_sign = matches!(c, '+' | '-');
            !(c.is_ascii_alphanumeric() || c == '.' || is_sign && (i == 0 || after_exponent))
        })
        .map_or(text.len(), |(i, _)| i);
    text.get(..len).unwrap_or_default()
}

/// An integer, decimal or after `0x`.
pub(super) fn parse_integer(text: &str) -> Option<i128> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (radix, digits) = match digits.strip_prefix("0x") {
        Some(digits) => (16, digits),
        None => (10, digits),
    };
    // A second sign would be taken otherwise.
    let begins_well = digits.bytes().next().is_some_and(|byte| byte.is_ascii_hexdigit());
    let value = i128::from_str_radix(digits, radix).ok().filter(|_| begins_well)?;
    // No field is wider, and so sign and value cannot overflow.
    (value < 1 << 64).then_some(sign * value)
}

/// The constant that a number stands for. Hex digits are the bits of an integer.
fn parse_number(text: &str) -> Option<Constant> {
    let is_hex = text.trim_start_matches(['+', '-']).starts_with("0x");
    let digits = text.trim_start_matches(['+', '-']);
    if !is_hex && (digits == "inf" || digits.contains(['.', 'e', 'E'])) {
        return text.parse().ok().map(Constant::Float);
    }
    let value = parse_integer(text)?;
    let bits = is_hex.then(|| u64::try_from(value).ok()).flatten();
    bits.map(|bits| bits as i64).or_else(|| i64::try_from(value).ok()).map(Constant::Integer)
}

/// A string as a text states it: printable ASCII as it is, everything else escaped.
pub fn quote(out: &mut String, bytes: &[u8]) {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    out.push('"');
    for &byte in bytes {
        match byte {
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            b'\\' => out.push_str("\\\\"),
            b'"' => out.push_str("\\\""),
            b' '..=b'~' => out.push(char::from(byte)),
            _ => {
                out.push_str("\\x");
                for digit in [byte >> 4, byte & 15] {
                    out.extend(DIGITS.get(usize::from(digit)));
                }
            }
        }
    }
    out.push('"');
}
