//! Byte classes and tight loops over runs of bytes.
//!
//! Every function takes a position at or before the end of the source and returns one that is not
//! smaller and again at or before the end.

use crate::strings::words_of;

/// Letters and `_` (`lislalpha`).
const ALPHA: u8 = 1;
/// Digits (`lisdigit`).
const DIGIT: u8 = 2;
/// Hexadecimal digits (`lisxdigit`).
const HEX: u8 = 4;
/// White space (`lisspace`).
const SPACE: u8 = 8;
/// Bytes at which scanning of a short string must stop: quotes, backslash, line breaks.
const STRING_STOP: u8 = 16;

static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'a'..=b'f' | b'A'..=b'F' => ALPHA | HEX,
            b'g'..=b'z' | b'G'..=b'Z' | b'_' => ALPHA,
            b'0'..=b'9' => DIGIT | HEX,
            b'\n' | b'\r' => SPACE | STRING_STOP,
            b' ' | b'\t' | 0x0B | 0x0C => SPACE,
            b'"' | b'\'' | b'\\' => STRING_STOP,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

#[inline]
pub(super) fn is_alpha(byte: u8) -> bool {
    CLASSES[usize::from(byte)] & ALPHA != 0
}

#[inline]
pub(super) fn is_digit(byte: u8) -> bool {
    byte.is_ascii_digit()
}

#[inline]
pub(super) fn is_hex_digit(byte: u8) -> bool {
    CLASSES[usize::from(byte)] & HEX != 0
}

#[inline]
pub(super) fn is_space(byte: u8) -> bool {
    CLASSES[usize::from(byte)] & SPACE != 0
}

#[inline]
pub(super) fn is_newline(byte: u8) -> bool {
    byte == b'\n' || byte == b'\r'
}

/// `lisprint`: ASCII from space to tilde.
pub(super) fn is_printable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

#[inline]
fn skip_class(src: &[u8], from: usize, class: u8) -> usize {
    let mut at = from;
    while let Some(&byte) = src.get(at)
        && CLASSES[usize::from(byte)] & class != 0
    {
        at += 1;
    }
    at
}

/// End of the name that starts at `start`, and [`words_of`] it.
#[inline]
pub(super) fn name(src: &[u8], start: usize) -> (usize, [u64; 2]) {
    if let Some(word) = src.get(start..).and_then(<[u8]>::first_chunk::<8>) {
        let word = u64::from_le_bytes(*word);
        let others = !name_bytes(word) & HIGH;
        if others != 0 {
            let below = (others & others.wrapping_neg()) - 1;
            return (start + others.trailing_zeros() as usize / 8, [word & below >> 7, 0]);
        }
    }
    let end = skip_class(src, start + 1, ALPHA | DIGIT);
    (end, words_of(&src[start..end]))
}

/// Has the high bits of those bytes set that may be in a name. Bytes are compared by sums that
/// reach 128 and never carry, after their own high bits have been taken out.
#[inline]
fn name_bytes(word: u64) -> u64 {
    let low = word & !HIGH;
    let at_least = |bytes: u64, least: u8| bytes + SPLAT * u64::from(0x80 - least);
    let within = |bytes, first, last: u8| at_least(bytes, first) & !at_least(bytes, last + 1);
    let letters = within(low | (SPLAT * 0x20), b'a', b'z');
    let others = within(low, b'0', b'9') | within(low, b'_', b'_');
    (letters | others) & !word
}

/// First byte from `from` that may end or interrupt a short string, or the end of the source.
#[inline]
pub(super) fn string_stop(src: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(&byte) = src.get(at)
        && CLASSES[usize::from(byte)] & STRING_STOP == 0
    {
        at += 1;
    }
    at
}

/// First byte from `from` that is not a space; other white space is left to the caller.
#[inline]
pub(super) fn skip_spaces(src: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(word) = src.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let different = u64::from_le_bytes(*word) ^ (SPLAT * u64::from(b' '));
        if different != 0 {
            return at + different.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while src.get(at) == Some(&b' ') {
        at += 1;
    }
    at
}

/// First line break from `from`, or the end of the source.
#[inline]
pub(super) fn find_newline(src: &[u8], from: usize) -> usize {
    find(src, from, |word| has_byte(word, b'\n') | has_byte(word, b'\r'), is_newline)
}

/// First line break or `]` from `from`, or the end of the source.
#[inline]
pub(super) fn find_newline_or_bracket(src: &[u8], from: usize) -> usize {
    find(
        src,
        from,
        |word| has_byte(word, b'\n') | has_byte(word, b'\r') | has_byte(word, b']'),
        |byte| is_newline(byte) || byte == b']',
    )
}

const SPLAT: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Has the high bit of the first byte equal to `byte` set, and none below it.
#[inline]
fn has_byte(word: u64, byte: u8) -> u64 {
    let zeroed = word ^ (SPLAT * u64::from(byte));
    zeroed.wrapping_sub(SPLAT) & !zeroed & HIGH
}

#[inline]
fn find(
    src: &[u8],
    from: usize,
    in_word: impl Fn(u64) -> u64,
    is_it: impl Fn(u8) -> bool,
) -> usize {
    let mut at = from;
    while let Some(word) = src.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let found = in_word(u64::from_le_bytes(*word));
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while let Some(&byte) = src.get(at)
        && !is_it(byte)
    {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_end_where_a_plain_loop_says() {
        for len in 0..40 {
            for at in 0..=len {
                let plain = |stop: u8, filler: u8| {
                    let mut src = vec![filler; len];
                    if let Some(byte) = src.get_mut(at) {
                        *byte = stop;
                    }
                    src
                };
                for filler in [b'a', 0x80, 0xFF, 0x0B, 0x09] {
                    assert_eq!(find_newline(&plain(b'\n', filler), 0), at);
                    assert_eq!(find_newline(&plain(b'\r', filler), 0), at);
                    assert_eq!(find_newline_or_bracket(&plain(b']', filler), 0), at);
                    assert_eq!(string_stop(&plain(b'\\', filler), 0), at);
                }
                assert_eq!(skip_spaces(&plain(b'!', b' '), 0), at);
                if at > 0 {
                    let (src, end) = (plain(b'-', b'x'), at.min(len));
                    assert_eq!(name(&src, 0), (end, words_of(&src[..end])));
                }
            }
        }
    }

    #[test]
    fn every_byte_is_seen_at_every_place_of_a_word() {
        for byte in 0..=255_u8 {
            for at in 1..8 {
                let mut src = *b"name_123 ";
                src[at] = byte;
                let plain = src[..8].iter().position(|&b| !is_alpha(b) && !is_digit(b));
                let end = plain.unwrap_or(8);
                assert_eq!(name(&src, 0), (end, words_of(&src[..end])), "{byte} at {at}");
            }
        }
    }

    #[test]
    fn classes_are_those_of_the_reference() {
        for byte in 0..=255_u8 {
            assert_eq!(is_alpha(byte), byte.is_ascii_alphabetic() || byte == b'_');
            assert_eq!(is_hex_digit(byte), byte.is_ascii_hexdigit());
            assert_eq!(is_space(byte), byte.is_ascii_whitespace() || byte == 0x0B);
            assert_eq!(is_printable(byte), byte.is_ascii_graphic() || byte == b' ');
        }
    }
}
