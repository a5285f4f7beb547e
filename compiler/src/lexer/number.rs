//! Numerals.

use moonproof_bytecode::number::{self, Number};

use super::{Lexer, Near, scan};
use crate::error::R;
use crate::token::Token;

/// Decimal integers of so many digits cannot overflow.
const SAFE_DIGITS: usize = 18;

impl Lexer<'_> {
    /// Reads a numeral whose first byte, a digit or a dot before one, has been read.
    #[inline(never)]
    pub(super) fn numeral(&mut self, start: usize) -> R<()> {
        let (integer, end) = decimal(self.src, start);
        let ends_here = self.src.get(end).is_none_or(|&byte| !goes_on(byte));
        if ends_here && end > start && end - start <= SAFE_DIGITS {
            self.pos = end;
            self.token = Token::Integer;
            self.value = integer as u64;
            return Ok(());
        }
        self.long_numeral(start)
    }

    /// Reads whatever may be a numeral and has it converted; mirrors `read_numeral`.
    ///
    /// It takes digits, dots and exponents in any order, and one letter at the end; what is not
    /// well formed is for the conversion to refuse. Only after an exponent mark is a sign part of
    /// the numeral.
    #[inline(never)]
    fn long_numeral(&mut self, start: usize) -> R<()> {
        let digit = start + usize::from(self.src[start] == b'.');
        let is_hex = matches!(self.src[digit..], [b'0', b'x' | b'X', ..]);
        let exponent = if is_hex { b'p' } else { b'e' };
        self.pos = digit + if is_hex { 2 } else { 1 };
        while let Some(byte) = self.peek() {
            if byte | 0x20 == exponent {
                self.pos += 1;
                if matches!(self.peek(), Some(b'-' | b'+')) {
                    self.pos += 1;
                }
            } else if scan::is_hex_digit(byte) || byte == b'.' {
                self.pos += 1;
            } else {
                break;
            }
        }
        if self.peek().is_some_and(scan::is_alpha) {
            self.pos += 1;
        }
        (self.token, self.value) = match number::parse(&self.src[start..self.pos]) {
            Some(Number::Integer(value)) => (Token::Integer, value as u64),
            Some(Number::Float(value)) => (Token::Float, value.to_bits()),
            None => return Err(self.error(b"malformed number", Near::Token(Token::Float))),
        };
        Ok(())
    }
}

/// Value, if it does not overflow, and end of a run of decimal digits.
#[inline]
fn decimal(src: &[u8], start: usize) -> (i64, usize) {
    let mut value = 0_i64;
    let mut at = start;
    while let Some(&byte) = src.get(at)
        && scan::is_digit(byte)
    {
        value = value.wrapping_mul(10).wrapping_add(i64::from(byte - b'0'));
        at += 1;
    }
    (value, at)
}

/// Whether such a byte after decimal digits belongs to the numeral.
#[inline]
fn goes_on(byte: u8) -> bool {
    byte == b'.' || scan::is_alpha(byte)
}
