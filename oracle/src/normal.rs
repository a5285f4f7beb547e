//! What two runs may differ in although nothing is wrong: addresses.
//!
//! Addresses appear in what `tostring` makes of tables, functions, threads, userdata and files, in
//! `%p`, and in listings. This is the one place that knows how to overlook them.

use std::collections::HashMap;

/// Fewest hexadecimal digits of an address, so that small numbers are left alone.
const MIN_DIGITS: usize = 6;

/// Replaces each address by the order in which it first appears, `0x#1`, `0x#2` and so on: for
/// texts, such as listings, in which equal addresses must correspond.
pub fn number_addresses(text: &[u8]) -> Vec<u8> {
    let mut seen: HashMap<Vec<u8>, usize> = HashMap::new();
    replace(text, 4, |address| {
        let next = seen.len() + 1;
        let number = *seen.entry(address.to_vec()).or_insert(next);
        format!("0x#{number}").into_bytes()
    })
}

/// Replaces every address by the same text: for output of programs, in which memory may be used
/// again for something else.
pub fn hide_addresses(text: &[u8]) -> Vec<u8> {
    replace(text, MIN_DIGITS, |_| b"0x#".to_vec())
}

/// Replaces what looks like an address of at least `min_digits` digits, standing alone, in
/// parentheses or behind a colon and a space.
fn replace(text: &[u8], min_digits: usize, mut by: impl FnMut(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = find_prefix(rest) {
        let (before, from) = rest.split_at(at);
        let n_digits = from[2..].iter().take_while(|b| b.is_ascii_hexdigit()).count();
        let (address, after) = from.split_at(2 + n_digits);
        out.extend_from_slice(before);
        let stands_alone = !before.last().is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_')
            && !after.first().is_some_and(|b| b.is_ascii_alphanumeric() || b"._".contains(b));
        // Programs print other numbers in this way as well; those of constants keep their case.
        let is_lower = !address.iter().any(u8::is_ascii_uppercase);
        if stands_alone && is_lower && n_digits >= min_digits && n_digits <= 16 {
            out.extend_from_slice(&by(address));
        } else {
            out.extend_from_slice(address);
        }
        rest = after;
    }
    out.extend_from_slice(rest);
    out
}

fn find_prefix(text: &[u8]) -> Option<usize> {
    text.windows(2).position(|pair| pair == b"0x")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_hidden() {
        let check = |text: &str, expected: &str| {
            assert_eq!(String::from_utf8(hide_addresses(text.as_bytes())).unwrap(), expected);
        };
        check("table: 0x55d0c8a4b2a0", "table: 0x#");
        check("file (0x7f2b9c0)", "file (0x#)");
        check("function: builtin: 0x55d0c8a4b2a0\n", "function: builtin: 0x#\n");
        check("0x55d0c8a4b2a0 0x55d0c8a4b2a1", "0x# 0x#");
        check("0xff 0x1p+4 0x1.8p+1", "0xff 0x1p+4 0x1.8p+1");
        check("0xABCDEF123", "0xABCDEF123");
        check("0x12345678.8p+1", "0x12345678.8p+1");
        check("x0x55d0c8a4b2a0", "x0x55d0c8a4b2a0");
        check("ends in 0x", "ends in 0x");
        check("0x0x123456789", "0x0x123456789");
    }

    #[test]
    fn addresses_are_numbered() {
        let text = b"at 0x55d0, 0x55e0 and 0x55d0 again";
        assert_eq!(number_addresses(text), b"at 0x#1, 0x#2 and 0x#1 again");
    }
}
