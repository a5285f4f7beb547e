//! Edits to Lua sources, token by token.
//!
//! The tokenizer is crude on purpose: it need not agree with Lua's about anything, it only has to
//! cut where edits are likely to keep most of a program whole.

use crate::Rng;

/// The token dictionary, in libFuzzer's format; the same file is given to libFuzzer.
const DICTIONARY: &str = include_str!("../../lua.dict");

/// What a run of tokens may be put into: before it, after it.
const FRAMES: [(&str, &str); 16] = [
    ("do ", " end "),
    ("while x do ", " end "),
    ("repeat ", " until x "),
    ("for i = 1, 3 do ", " end "),
    ("for k, v in pairs(t) do ", " end "),
    ("if x then ", " end "),
    ("if x then else ", " end "),
    ("local function f(...) ", " end "),
    ("return (function(a, b) ", " end)() "),
    ("local x <close> = ", " "),
    ("(", ")"),
    ("{", "}"),
    ("[", "]"),
    ("not ", " "),
    ("goto l; ", " ::l:: "),
    ("--[==[", "]==]"),
];

/// Edits a source. `None` if the result would be longer than `max_len`.
pub fn mutate_source(source: &[u8], max_len: usize, seed: u64) -> Option<Vec<u8>> {
    let mut rng = Rng::new(seed);
    let mut tokens = split(source);
    for _ in 0..=rng.below(3) {
        edit(&mut tokens, &mut rng);
    }
    let total: usize = tokens.iter().map(Vec::len).sum();
    (total <= max_len).then(|| tokens.concat())
}

fn edit(tokens: &mut Vec<Vec<u8>>, rng: &mut Rng) {
    let n = tokens.len();
    let at = rng.below(n + 1);
    let run = at..n.min(at + 1 + rng.below(6));
    match rng.below(10) {
        0 => {
            tokens.drain(run);
        }
        1 => {
            let copy = tokens[run].to_vec();
            let to = rng.below(n + 1);
            tokens.splice(to..to, copy);
        }
        2 if n > 0 => tokens.swap(rng.below(n), rng.below(n)),
        3 | 4 if at < n => tokens[at] = word(rng),
        5 | 6 => tokens.insert(at, word(rng)),
        7 => {
            let (before, after) = FRAMES[rng.below(FRAMES.len())];
            tokens.insert(run.end, after.into());
            tokens.insert(run.start, before.into());
        }
        8 if at < n => {
            // Deep nesting, many operands, long lists.
            let copies = 1 << rng.below(9);
            let repeated = vec![tokens[at].clone(); copies];
            tokens.splice(at..at, repeated);
        }
        _ => {
            if let Some(token) = tokens.get_mut(at)
                && !token.is_empty()
            {
                let byte = rng.below(token.len());
                token[byte] = rng.bits() as u8;
            }
        }
    }
}

/// A word of the dictionary, mostly with a space behind it.
fn word(rng: &mut Rng) -> Vec<u8> {
    let words: Vec<&str> = DICTIONARY.lines().filter(|line| line.starts_with('"')).collect();
    let quoted = rng.pick(&words).copied().unwrap_or_default();
    let mut word = unquote(quoted);
    if !rng.one_in(4) {
        word.push(b' ');
    }
    word
}

/// Undoes the dictionary's quoting: `\\`, `\"` and `\xHH`.
fn unquote(quoted: &str) -> Vec<u8> {
    let inner = quoted.strip_prefix('"').and_then(|inner| inner.strip_suffix('"'));
    let inner = inner.unwrap_or_default().as_bytes();
    let mut word = Vec::new();
    let mut rest = inner;
    while let [byte, tail @ ..] = rest {
        rest = tail;
        match (byte, tail) {
            (b'\\', [b'x', high, low, tail @ ..]) => {
                let digit = |d: u8| (d as char).to_digit(16).unwrap_or(0) as u8;
                word.push(digit(*high) << 4 | digit(*low));
                rest = tail;
            }
            (b'\\', [escaped, tail @ ..]) => {
                word.push(*escaped);
                rest = tail;
            }
            _ => word.push(*byte),
        }
    }
    word
}

/// Cuts a source into names and numbers, quoted strings, blanks, and single other bytes.
fn split(source: &[u8]) -> Vec<Vec<u8>> {
    let mut tokens = Vec::new();
    let mut rest = source;
    while let Some(&first) = rest.first() {
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let len = match first {
            _ if is_word(&first) => rest.iter().take_while(|byte| is_word(byte)).count(),
            _ if first.is_ascii_whitespace() => {
                rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
            }
            b'"' | b'\'' => {
                let end = rest.iter().skip(1).position(|&byte| byte == first || byte == b'\n');
                end.map_or(1, |end| end + 2)
            }
            _ => 1,
        };
        let (token, tail) = rest.split_at(len.max(1));
        tokens.push(token.to_vec());
        rest = tail;
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitting_loses_nothing() {
        for source in ["", "x = 'a\\'b' .. \"\n", "local a1 <const> = 0x10 -- c\r\n", "\u{0}é["] {
            assert_eq!(split(source.as_bytes()).concat(), source.as_bytes());
        }
    }

    #[test]
    fn dictionary_is_unquoted() {
        assert_eq!(unquote("\"\\x0a\\\\z\\\"\""), b"\n\\z\"");
        let mut rng = Rng::new(1);
        assert!((0..500).all(|_| !word(&mut rng).is_empty()));
    }

    #[test]
    fn mutations_stay_short() {
        for seed in 0..2000 {
            if let Some(source) = mutate_source(b"local x = {1, 2} return x", 300, seed) {
                assert!(source.len() <= 300);
            }
        }
    }
}
