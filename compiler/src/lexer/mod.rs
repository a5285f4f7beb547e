//! The lexer: bytes to tokens (llex.c).
//!
//! It reads the source in place. The text of the token read last is found again by its position
//! when an error message must quote it, which stands in for the reference's token buffer; only a
//! short string with escapes is built up in a buffer of its own.

mod number;
mod scan;
mod string;

use moonproof_bytecode::chunk_id;
use moonproof_bytecode::limits::MAX_INT;

use crate::error::{CompileError, ErrorKind, R};
use crate::strings::{self, StrId, Strings};
use crate::token::{self, Token};

/// What a message says after its text.
enum Near<'a> {
    /// Nothing.
    Nothing,
    /// The token, as `txtToken` shows it.
    Token(Token),
    /// Bytes of an unfinished token, cut at the first NUL as C does.
    Text(&'a [u8]),
}

pub(crate) struct Lexer<'s> {
    src: &'s [u8],
    /// Position of the first byte not yet read.
    pos: usize,
    /// Position of the token read last.
    start: usize,
    /// Line of `pos`, from 1.
    pub(crate) line: u32,
    /// Line on which the token consumed last ended; instructions are on that line.
    pub(crate) last_line: u32,
    /// The current token.
    pub(crate) token: Token,
    value: u64,
    /// The token after it, [`Token::Eos`] if that has not been looked at.
    ahead: Token,
    ahead_value: u64,
    pub(crate) strings: Strings<'s>,
    buffer: Vec<u8>,
    chunk_name: &'s [u8],
}

impl<'s> Lexer<'s> {
    pub(crate) fn new(src: &'s [u8], chunk_name: &'s [u8], memory: strings::Memory) -> Self {
        Self {
            src,
            pos: 0,
            start: 0,
            line: 1,
            last_line: 1,
            token: Token::Eos,
            value: 0,
            ahead: Token::Eos,
            ahead_value: 0,
            strings: Strings::new(memory),
            buffer: Vec::new(),
            chunk_name,
        }
    }

    /// Goes to the next token; mirrors `luaX_next`.
    #[inline]
    pub(crate) fn advance(&mut self) -> R<()> {
        self.last_line = self.line;
        if self.ahead == Token::Eos {
            return self.scan();
        }
        self.token = std::mem::replace(&mut self.ahead, Token::Eos);
        self.value = self.ahead_value;
        Ok(())
    }

    /// The token after the current one; mirrors `luaX_lookahead`.
    pub(crate) fn look_ahead(&mut self) -> R<Token> {
        let current = (self.token, self.value);
        self.scan()?;
        (self.ahead, self.ahead_value) = (self.token, self.value);
        (self.token, self.value) = current;
        Ok(self.ahead)
    }

    /// The string of a name or string token.
    #[inline]
    pub(crate) fn string(&self) -> StrId {
        StrId(self.value as u32)
    }

    /// The value of an integer token.
    #[inline]
    pub(crate) fn integer(&self) -> i64 {
        self.value as i64
    }

    /// The value of a float token.
    #[inline]
    pub(crate) fn float(&self) -> f64 {
        f64::from_bits(self.value)
    }

    /// Reads the token at `pos` and makes it the current one; mirrors `llex`.
    fn scan(&mut self) -> R<()> {
        loop {
            let start = scan::skip_spaces(self.src, self.pos);
            self.start = start;
            let Some(&byte) = self.src.get(start) else {
                self.pos = start;
                self.token = Token::Eos;
                return Ok(());
            };
            self.pos = start + 1;
            self.token = match byte {
                b'\n' | b'\r' => {
                    self.end_line(byte)?;
                    continue;
                }
                b'\t' | 0x0B | 0x0C => continue,
                b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.name(start),
                b'0'..=b'9' => return self.numeral(start),
                b'"' | b'\'' => return self.short_string(byte),
                b'-' if self.skip(b'-') => {
                    self.comment()?;
                    continue;
                }
                b'-' => Token::Minus,
                b'[' => return self.bracket(),
                b'=' => self.either(b'=', Token::Equal, Token::Assign),
                b'<' if self.skip(b'=') => Token::LessEqual,
                b'<' => self.either(b'<', Token::Shl, Token::Less),
                b'>' if self.skip(b'=') => Token::GreaterEqual,
                b'>' => self.either(b'>', Token::Shr, Token::Greater),
                b'/' => self.either(b'/', Token::IDiv, Token::Slash),
                b'~' => self.either(b'=', Token::NotEqual, Token::Tilde),
                b':' => self.either(b':', Token::DoubleColon, Token::Colon),
                b'.' => return self.dot(start),
                _ => token::single(byte),
            };
            return Ok(());
        }
    }

    #[inline]
    fn name(&mut self, start: usize) -> Token {
        let (end, words) = scan::name(self.src, start);
        self.pos = end;
        let id = self.strings.intern_words(&self.src[start..end], words);
        self.value = u64::from(id.0);
        Token::reserved(id.0).unwrap_or(Token::Name)
    }

    /// Makes a string the current token.
    #[inline]
    fn set_string(&mut self, id: StrId) {
        self.token = Token::String;
        self.value = u64::from(id.0);
    }

    /// What a dot begins: `.`, `..`, `...` or a number.
    #[inline(never)]
    fn dot(&mut self, start: usize) -> R<()> {
        self.token = if self.skip(b'.') {
            self.either(b'.', Token::Dots, Token::Concat)
        } else if self.peek().is_some_and(scan::is_digit) {
            return self.numeral(start);
        } else {
            Token::Dot
        };
        Ok(())
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.src.get(self.pos).copied()
    }

    /// Reads `byte` if it comes next.
    #[inline]
    fn skip(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.pos += usize::from(there);
        there
    }

    #[inline]
    fn either(&mut self, byte: u8, yes: Token, no: Token) -> Token {
        if self.skip(byte) { yes } else { no }
    }

    /// Counts the line that `first`, just read, ends, and reads the other half of a two-byte line
    /// break. Mirrors `inclinenumber`.
    #[inline]
    fn end_line(&mut self, first: u8) -> R<()> {
        if let Some(second) = self.peek()
            && scan::is_newline(second)
            && second != first
        {
            self.pos += 1;
        }
        self.line += 1;
        if self.line >= MAX_INT {
            return Err(self.error(b"chunk has too many lines", Near::Nothing));
        }
        Ok(())
    }

    /// A syntax error at the current token; mirrors `luaX_syntaxerror`.
    #[cold]
    pub(crate) fn syntax_error(&self, message: &[u8]) -> CompileError {
        self.error(message, Near::Token(self.token))
    }

    /// An error that names no token; mirrors `luaK_semerror`.
    #[cold]
    pub(crate) fn semantic_error(&self, message: &[u8]) -> CompileError {
        self.error(message, Near::Nothing)
    }

    /// A limit of the reference's own tables; such messages have no place in front.
    #[cold]
    pub(crate) fn limit_error(&self, kind: ErrorKind, message: String) -> CompileError {
        CompileError::new(kind, self.line, message.into_bytes())
    }

    /// Mirrors `lexerror`.
    #[cold]
    fn error(&self, message: &[u8], near: Near<'_>) -> CompileError {
        let mut text = chunk_id(self.chunk_name);
        text.extend_from_slice(format!(":{}: ", self.line).as_bytes());
        text.extend_from_slice(message);
        let near = match near {
            Near::Nothing => None,
            Near::Token(token) => self.token_text(token),
            Near::Text(bytes) => Some(quote(bytes)),
        };
        if let Some(near) = near {
            text.extend_from_slice(b" near ");
            text.extend_from_slice(&near);
        }
        CompileError::new(ErrorKind::Syntax, self.line, text)
    }

    /// A token as messages show it; mirrors `txtToken`.
    ///
    /// Quirk: a NUL byte is the token 0, which the reference takes for "no token".
    fn token_text(&self, token: Token) -> Option<Vec<u8>> {
        if token.has_own_text() {
            return Some(quote(&self.last_text(token)));
        }
        if token != Token::Unknown {
            return Some(token.quoted().into_bytes());
        }
        match self.src.get(self.start).copied() {
            None | Some(0) => None,
            Some(byte) if scan::is_printable(byte) => Some(quote(&[byte])),
            Some(byte) => Some(format!("'<\\{byte}>'").into_bytes()),
        }
    }

    /// What the reference's buffer holds of the token read last: strings as they are after escapes
    /// and line breaks have been translated, but with their delimiters.
    fn last_text(&self, token: Token) -> Vec<u8> {
        let text = &self.src[self.start..self.pos];
        if token != Token::String {
            return text.to_vec();
        }
        let level = text.iter().skip(1).take_while(|&&byte| byte == b'=').count();
        let delimiter = if text.starts_with(b"[") { level + 2 } else { 1 };
        let mut shown = text[..delimiter].to_vec();
        shown.extend_from_slice(self.strings.bytes(self.string()));
        shown.extend_from_slice(&text[text.len() - delimiter..]);
        shown
    }
}

/// `'text'`, as `%s` shows it: up to the first NUL.
fn quote(text: &[u8]) -> Vec<u8> {
    let end = text.iter().position(|&byte| byte == 0).unwrap_or(text.len());
    [b"'", &text[..end], b"'"].concat()
}

#[cfg(test)]
mod tests {
    use crate::testing::check_errors;

    #[test]
    fn tokens_are_quoted_as_they_were_read() {
        check_errors(&[
            ("x = = 1", "t:1: unexpected symbol near \\'=\\'"),
            ("x = 'a\\nb' 'c\\td'", "t:1: unexpected symbol near \\'\\'c\\td\\'\\'"),
            ("x y 'z'", "t:1: syntax error near \\'y\\'"),
            ("x = [==[\na\r\nb]==] [[c]] d", "t:3: unexpected symbol near \\'[[c]]\\'"),
            ("f 1.50", "t:1: syntax error near \\'1.50\\'"),
            ("x = 'a' [[\n\nb]] =", "t:3: unexpected symbol near \\'[[\\nb]]\\'"),
            ("x 'a\\0b' 1", "t:1: unexpected symbol near \\'1\\'"),
            ("x = 1 x x", "t:1: syntax error near \\'x\\'"),
            ("x x 'y'", "t:1: syntax error near \\'x\\'"),
            ("x '1' [[a\\0]] y", "t:1: syntax error near <eof>"),
            ("x = {a b}", "t:1: \\'}\\' expected near \\'b\\'"),
            ("return 'a' 'b\\0c'", "t:1: <eof> expected near \\'\\'b\\'"),
            ("::x:", "t:1: \\'::\\' expected near \\':\\'"),
            ("a.b:c = 1", "t:1: function arguments expected near \\'=\\'"),
            ("x = }", "t:1: unexpected symbol near \\'}\\'"),
            ("x = ... ...", "t:1: unexpected symbol near \\'...\\'"),
            ("for = 1", "t:1: <name> expected near \\'=\\'"),
            ("x = !", "t:1: unexpected symbol near \\'!\\'"),
            ("x = @", "t:1: unexpected symbol near \\'@\\'"),
            ("x = é", "t:1: unexpected symbol near \\'<\\\\195>\\'"),
            ("x = \x01", "t:1: unexpected symbol near \\'<\\\\1>\\'"),
            ("x = \x7f", "t:1: unexpected symbol near \\'<\\\\127>\\'"),
            ("x =", "t:1: unexpected symbol near <eof>"),
        ]);
    }

    /// Quirk: the byte is the token 0, which means "no token" to the reference.
    #[test]
    fn a_nul_byte_is_named_by_nothing() {
        check_errors(&[
            ("x = \x00", "t:1: unexpected symbol"),
            ("\x00", "t:1: unexpected symbol"),
            ("x \x00 = 1", "t:1: syntax error"),
        ]);
    }

    #[test]
    fn lines_end_at_any_line_break() {
        check_errors(&[
            ("\n\n\r\n\r\r\n\n\rx", "t:6: syntax error near <eof>"),
            ("--\r--\nx", "t:3: syntax error near <eof>"),
            ("x = [[\r\n\r\n]] y y", "t:3: syntax error near \\'y\\'"),
            ("'a\\\r\n\\\n\\z\n\r\n' b", "t:5: unexpected symbol near \\'\\'a\\n\\n\\'\\'"),
        ]);
    }
}
