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

#[cfg(test)]
mod tests {
    use crate::testing::{check_constants, check_errors};

    #[test]
    fn numerals() {
        check_constants(&[
            (
                "return 0, 7, 9223372036854775807, 9223372036854775808, 123456789012345678901",
                "9223372036854775807 9.223372036854776e18 1.2345678901234568e20",
            ),
            ("return 0x10, 0XfF, 0xffffffffffffffff, 0x1ffffffffffffffff", ""),
            ("return 3., .5, 5e-1, 1E+2, 0x.8, 0x1p4, 0xA.8P-1, 1e999", "0.5 5.25 inf"),
            ("return 000000000000000000000012, 0x0000000000000000000001", ""),
        ]);
    }

    #[test]
    fn malformed_numerals() {
        check_errors(&[
            ("x = 3x", "t:1: malformed number near \\'3x\\'"),
            ("x = 3xy", "t:1: malformed number near \\'3x\\'"),
            ("x = 0x", "t:1: malformed number near \\'0x\\'"),
            ("x = 0xg", "t:1: malformed number near \\'0xg\\'"),
            ("x = 1e", "t:1: malformed number near \\'1e\\'"),
            ("x = 1e+", "t:1: malformed number near \\'1e+\\'"),
            ("x = 1..2.3", "t:1: malformed number near \\'1..2.3\\'"),
            ("x = 0x1p", "t:1: malformed number near \\'0x1p\\'"),
            ("x = .0x12", "t:1: malformed number near \\'.0x12\\'"),
            ("x = 1_", "t:1: malformed number near \\'1_\\'"),
            ("x = 0x.p1", "t:1: malformed number near \\'0x.p1\\'"),
            ("x = 3e5e5", "t:1: malformed number near \\'3e5e5\\'"),
            ("x = 08a + 1", "t:1: malformed number near \\'08a\\'"),
        ]);
    }
}
