//! Strings and comments: escapes, long brackets.

use super::{Lexer, Near, scan};
use crate::error::{CompileError, R};
use crate::token::Token;

/// What `[` or `]` and the `=` after it turned out to be (`skip_sep`).
#[derive(PartialEq, Eq)]
enum Bracket {
    /// A long bracket with so many `=`.
    Long(usize),
    /// A bracket alone.
    Single,
    /// A bracket with `=` but without the second bracket.
    Broken,
}

impl<'s> Lexer<'s> {
    /// Reads a comment of which `--` has been read.
    #[inline(never)]
    pub(super) fn comment(&mut self) -> R<()> {
        if self.skip(b'[')
            && let Bracket::Long(level) = self.long_bracket(b'[')
        {
            self.long_text(level, "comment")?;
        } else {
            self.pos = scan::find_newline(self.src, self.pos);
        }
        Ok(())
    }

    /// Reads what `[`, just read, begins: a long string, or only the bracket.
    #[inline(never)]
    pub(super) fn bracket(&mut self) -> R<()> {
        match self.long_bracket(b'[') {
            Bracket::Single => {
                self.token = Token::LeftBracket;
                Ok(())
            }
            Bracket::Broken => {
                let text = &self.src[self.start..self.pos];
                Err(self.error(b"invalid long string delimiter", Near::Text(text)))
            }
            Bracket::Long(level) => {
                let text = self.long_text(level, "string")?;
                let id = if text.contains(&b'\r') {
                    self.strings.intern_copy(&with_plain_line_breaks(text))
                } else {
                    self.strings.intern(text)
                };
                self.set_string(id);
                Ok(())
            }
        }
    }

    /// Reads the `=` after a bracket, but not the second bracket; mirrors `skip_sep`.
    fn long_bracket(&mut self, bracket: u8) -> Bracket {
        let from = self.pos;
        while self.skip(b'=') {}
        let level = self.pos - from;
        if self.peek() == Some(bracket) {
            Bracket::Long(level)
        } else if level == 0 {
            Bracket::Single
        } else {
            Bracket::Broken
        }
    }

    /// Reads from the second opening bracket to the end of the closing ones and returns what is
    /// between, without a line break at its start. Mirrors `read_long_string`.
    fn long_text(&mut self, level: usize, what: &str) -> R<&'s [u8]> {
        let src = self.src;
        let first_line = self.line;
        self.pos += 1;
        if let Some(byte) = self.peek()
            && scan::is_newline(byte)
        {
            self.pos += 1;
            self.end_line(byte)?;
        }
        let from = self.pos;
        loop {
            self.pos = scan::find_newline_or_bracket(src, self.pos);
            let end = self.pos;
            match self.peek() {
                None => return Err(self.unfinished(what, first_line)),
                Some(b']') => {
                    self.pos += 1;
                    if self.long_bracket(b']') == Bracket::Long(level) {
                        self.pos += 1;
                        return Ok(&src[from..end]);
                    }
                }
                Some(newline) => {
                    self.pos += 1;
                    self.end_line(newline)?;
                }
            }
        }
    }

    #[cold]
    fn unfinished(&self, what: &str, first_line: u32) -> CompileError {
        let message = format!("unfinished long {what} (starting at line {first_line})");
        self.error(message.as_bytes(), Near::Token(Token::Eos))
    }

    /// Reads a short string whose opening quote has been read.
    #[inline(never)]
    pub(super) fn short_string(&mut self, quote: u8) -> R<()> {
        let src = self.src;
        let from = self.pos;
        let mut end = scan::string_stop(src, from);
        while let Some(&byte) = src.get(end)
            && byte != quote
            && (byte == b'"' || byte == b'\'')
        {
            end = scan::string_stop(src, end + 1);
        }
        self.pos = end;
        if self.skip(quote) {
            let id = self.strings.intern(&src[from..end]);
            self.set_string(id);
            return Ok(());
        }
        self.string_with_escapes(quote)
    }

    /// Goes on with a short string at its first backslash, or reports that it does not end.
    ///
    /// Mirrors `read_string`: the buffer holds the opening quote, the string so far and, while an
    /// escape is being read, the bytes of that, because that is what messages quote.
    #[inline(never)]
    fn string_with_escapes(&mut self, quote: u8) -> R<()> {
        self.buffer.clear();
        self.buffer.extend_from_slice(&self.src[self.start..self.pos]);
        loop {
            match self.peek() {
                None => return Err(self.error(b"unfinished string", Near::Token(Token::Eos))),
                Some(b'\n' | b'\r') => {
                    return Err(self.error(b"unfinished string", Near::Text(&self.buffer)));
                }
                Some(b'\\') => self.escape()?,
                Some(byte) if byte == quote => break,
                Some(_) => {
                    let end = scan::string_stop(self.src, self.pos + 1);
                    self.buffer.extend_from_slice(&self.src[self.pos..end]);
                    self.pos = end;
                }
            }
        }
        self.pos += 1;
        let id = self.strings.intern_copy(&self.buffer[1..]);
        self.set_string(id);
        Ok(())
    }

    /// Reads an escape and puts what it stands for into the buffer.
    fn escape(&mut self) -> R<()> {
        let text = self.buffer.len();
        self.save_next();
        let value = match self.peek() {
            // The end of the source is reported by the caller.
            None => return Ok(()),
            Some(b'a') => 0x07,
            Some(b'b') => 0x08,
            Some(b'f') => 0x0C,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'v') => 0x0B,
            Some(byte @ (b'\\' | b'"' | b'\'')) => byte,
            Some(b'x') => self.hex_escape()?,
            Some(b'u') => {
                let value = self.utf8_escape()?;
                self.buffer.truncate(text);
                push_utf8(&mut self.buffer, value);
                return Ok(());
            }
            Some(newline @ (b'\n' | b'\r')) => {
                self.pos += 1;
                self.end_line(newline)?;
                self.buffer.truncate(text);
                self.buffer.push(b'\n');
                return Ok(());
            }
            Some(b'z') => {
                self.buffer.truncate(text);
                self.pos += 1;
                return self.skip_white_space();
            }
            Some(byte) => {
                self.check(scan::is_digit(byte), b"invalid escape sequence")?;
                let value = self.decimal_escape()?;
                self.buffer.truncate(text);
                self.buffer.push(value);
                return Ok(());
            }
        };
        self.pos += 1;
        self.buffer.truncate(text);
        self.buffer.push(value);
        Ok(())
    }

    fn skip_white_space(&mut self) -> R<()> {
        while let Some(byte) = self.peek()
            && scan::is_space(byte)
        {
            self.pos += 1;
            if scan::is_newline(byte) {
                self.end_line(byte)?;
            }
        }
        Ok(())
    }

    /// Moves the next byte, if there is one, to the buffer.
    fn save_next(&mut self) {
        if let Some(byte) = self.peek() {
            self.buffer.push(byte);
            self.pos += 1;
        }
    }

    /// Reports an escape as wrong, quoting it with the byte at which that is seen. Mirrors
    /// `esccheck`.
    fn check(&mut self, is_fine: bool, message: &[u8]) -> R<()> {
        if is_fine {
            return Ok(());
        }
        self.save_next();
        Err(self.error(message, Near::Text(&self.buffer)))
    }

    /// Passes one byte and takes the hexadecimal digit behind it, without passing that. Mirrors
    /// `gethexa`.
    fn hex_digit(&mut self) -> R<u32> {
        self.save_next();
        let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
        self.check(digit.is_some(), b"hexadecimal digit expected")?;
        Ok(digit.unwrap_or_default())
    }

    /// `\xXX`, up to its last digit. Mirrors `readhexaesc`.
    fn hex_escape(&mut self) -> R<u8> {
        let high = self.hex_digit()?;
        let low = self.hex_digit()?;
        Ok((high << 4 | low) as u8)
    }

    /// `\u{XXX}`. Mirrors `readutf8esc`.
    fn utf8_escape(&mut self) -> R<u32> {
        self.save_next();
        self.check(self.peek() == Some(b'{'), b"missing '{'")?;
        let mut value = self.hex_digit()?;
        loop {
            self.save_next();
            let Some(digit) = self.peek().and_then(|byte| char::from(byte).to_digit(16)) else {
                break;
            };
            self.check(value <= 0x7FFF_FFFF >> 4, b"UTF-8 value too large")?;
            value = value << 4 | digit;
        }
        self.check(self.peek() == Some(b'}'), b"missing '}'")?;
        self.pos += 1;
        Ok(value)
    }

    /// `\ddd`, of one to three digits. Mirrors `readdecesc`.
    fn decimal_escape(&mut self) -> R<u8> {
        let mut value = 0;
        for _ in 0..3 {
            let Some(digit) = self.peek().and_then(|byte| char::from(byte).to_digit(10)) else {
                break;
            };
            value = value * 10 + digit;
            self.save_next();
        }
        self.check(value <= 255, b"decimal escape too large")?;
        Ok(value as u8)
    }
}

/// Every line break, of one byte or two, as `\n`.
fn with_plain_line_breaks(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut bytes = text.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if !scan::is_newline(byte) {
            plain.push(byte);
            continue;
        }
        bytes.next_if(|&second| scan::is_newline(second) && second != byte);
        plain.push(b'\n');
    }
    plain
}

/// Appends the UTF-8 encoding, extended to 31 bits, of `value`. Mirrors `luaO_utf8esc`.
fn push_utf8(buffer: &mut Vec<u8>, mut value: u32) {
    if value < 0x80 {
        buffer.push(value as u8);
        return;
    }
    let start = buffer.len();
    let mut first_byte_limit = 0x3F;
    loop {
        buffer.push(0x80 | (value & 0x3F) as u8);
        value >>= 6;
        first_byte_limit >>= 1;
        if value <= first_byte_limit {
            break;
        }
    }
    buffer.push((!first_byte_limit << 1) as u8 | value as u8);
    buffer[start..].reverse();
}

#[cfg(test)]
mod tests {
    use crate::testing::{check_constants, check_errors};

    #[test]
    fn escapes() {
        check_constants(&[
            (
                "return '\\a\\b\\f\\n\\r\\t\\v\\\\\\'\\\"'",
                "'\\x07\\x08\\x0c\\n\\r\\t\\x0b\\\\\\'\\\"'",
            ),
            ("return '\\x41\\x7a', '\\65\\0651\\0'", "'Az' 'AA1\\x00'"),
            (
                "return '\\u{48}\\u{7FF}\\u{FFFF}\\u{7FFFFFFF}'",
                "'H\\xdf\\xbf\\xef\\xbf\\xbf\\xfd\\xbf\\xbf\\xbf\\xbf\\xbf'",
            ),
            ("return 'a\\z  \n\t b', 'a\\\nb', 'a\\\r\nb'", "'ab' 'a\\nb'"),
            ("return \"'\", '\"'", "'\\'' '\\\"'"),
        ]);
    }

    #[test]
    fn long_brackets() {
        check_constants(&[
            ("return [[a]], [==[]]]==], [[\nb]], [=[\r\n\rc]=]", "'a' ']]' 'b' '\\nc'"),
            ("return [[a\rb\r\nc\n\rd\n\ne]]", "'a\\nb\\nc\\nd\\n\\ne'"),
            ("--[[x]] return --[==[\n]]]==] 'y' --[x\n--[=[ z ]=]", "'y'"),
        ]);
    }

    #[test]
    fn unfinished_strings_and_comments() {
        check_errors(&[
            ("x = 'abc", "t:1: unfinished string near <eof>"),
            ("x = 'a\\n\nb'", "t:1: unfinished string near \\'\\'a\\n\\'"),
            ("x = '", "t:1: unfinished string near <eof>"),
            ("x = 'a\\", "t:1: unfinished string near <eof>"),
            ("x = \"a'\n\"", "t:1: unfinished string near \\'\\\"a\\'\\'"),
            ("x = [[a\nb", "t:2: unfinished long string (starting at line 1) near <eof>"),
            ("--[==[\n\n]=]", "t:3: unfinished long comment (starting at line 1) near <eof>"),
            ("x = [=a", "t:1: invalid long string delimiter near \\'[=\\'"),
            ("x = [==", "t:1: invalid long string delimiter near \\'[==\\'"),
            ("\n--[[", "t:2: unfinished long comment (starting at line 2) near <eof>"),
        ]);
    }

    #[test]
    fn wrong_escapes_are_quoted_with_the_byte_that_is_wrong() {
        check_errors(&[
            ("x = 'ab\\q'", "t:1: invalid escape sequence near \\'\\'ab\\\\q\\'"),
            ("x = '\\xg1'", "t:1: hexadecimal digit expected near \\'\\'\\\\xg\\'"),
            ("x = '\\x1g'", "t:1: hexadecimal digit expected near \\'\\'\\\\x1g\\'"),
            ("x = '\\300'", "t:1: decimal escape too large near \\'\\'\\\\300\\'\\'"),
            ("x = '\\u123'", "t:1: missing \\'{\\' near \\'\\'\\\\u1\\'"),
            ("x = '\\u{}'", "t:1: hexadecimal digit expected near \\'\\'\\\\u{}\\'"),
            ("x = '\\u{12'", "t:1: missing \\'}\\' near \\'\\'\\\\u{12\\'\\'"),
            ("x = '\\u{80000000}'", "t:1: UTF-8 value too large near \\'\\'\\\\u{80000000\\'"),
            ("x = '\\u{100000000}'", "t:1: UTF-8 value too large near \\'\\'\\\\u{100000000\\'"),
            ("x = '\\x", "t:1: hexadecimal digit expected near \\'\\'\\\\x\\'"),
            ("x = '\\u", "t:1: missing \\'{\\' near \\'\\'\\\\u\\'"),
            ("x = 'a\\nb\\256'", "t:1: decimal escape too large near \\'\\'a\\nb\\\\256\\'\\'"),
        ]);
    }
}
