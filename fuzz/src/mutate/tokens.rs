//! Edits to Lua sources, token by token.
//!
//! The tokenizer is crude on purpose: it need not agree with Lua's about anything, it only has to
//! cut where edits are likely to keep most of a program whole.

use crate::Rng;

/// The token dictionary, in libFuzzer's format; the same file is given to libFuzzer.
const DICTIONARY: &str = include_str!("../../lua.dict");

/// What a run of lines may be put into: before it, after it.
const STATEMENT_FRAMES: [(&str, &str); 10] = [
    ("do ", " end "),
    ("while x do ", " end "),
    ("repeat ", " until x "),
    ("for i = 1, 3 do ", " end "),
    ("for k, v in pairs(t) do ", " end "),
    ("if x then ", " end "),
    ("if not x then else ", " end "),
    ("local function f(a, ...) ", " end "),
    ("do local c <close> = nil ", " end "),
    ("do goto l; ::l:: ", " end "),
];

/// What an operand may be put into.
const OPERAND_FRAMES: [(&str, &str); 16] = [
    ("(", ")"),
    ("{", "}"),
    ("t[", "]"),
    ("f(", ")"),
    ("not ", ""),
    ("- ", ""),
    ("# ", ""),
    ("~ ", ""),
    ("x and ", ""),
    ("", " or x"),
    ("", " == nil"),
    ("", " .. 'x'"),
    ("", " + 1"),
    ("", " < 2.0"),
    ("1 << ", ""),
    ("(function(...) return ", ", ... end)(1)"),
];

const OPERATORS: [&str; 21] = [
    "+", "-", "*", "/", "//", "%", "^", "..", "==", "~=", "<", "<=", ">", ">=", "&", "|", "~",
    "<<", ">>", "and", "or",
];

const NUMERALS: [&str; 16] = [
    "0",
    "1",
    "-1",
    "2",
    "127",
    "128",
    "255",
    "256",
    "65535",
    "65536",
    "131071",
    "1.0",
    "0.5",
    "1e300",
    "0x7fffffffffffffff",
    "9223372036854775808",
];

/// What a token is, as far as exchanging it for another goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Name,
    Keyword,
    Numeral,
    Text,
    Operator,
    Blank,
    Other,
}

fn class(token: &[u8]) -> Class {
    const KEYWORDS: [&str; 20] = [
        "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
        "local", "nil", "not", "repeat", "return", "then", "true", "until", "while",
    ];
    let is = |words: &[&str]| words.iter().any(|word| word.as_bytes() == token);
    match token.first() {
        _ if is(&OPERATORS) => Class::Operator,
        _ if is(&KEYWORDS) => Class::Keyword,
        Some(b'0'..=b'9') => Class::Numeral,
        Some(byte) if byte.is_ascii_alphabetic() || *byte == b'_' => Class::Name,
        Some(b'"' | b'\'') if token.len() > 1 => Class::Text,
        Some(byte) if byte.is_ascii_whitespace() => Class::Blank,
        _ => Class::Other,
    }
}

/// Edits a source. `None` if the result would be longer than `max_len`.
pub fn mutate_source(source: &[u8], max_len: usize, seed: u64) -> Option<Vec<u8>> {
    let mut rng = Rng::new(seed);
    let mut tokens = split(source);
    for _ in 0..=rng.below(3) {
        if rng.one_in(8) {
            edit_wildly(&mut tokens, &mut rng);
        } else {
            edit_gently(&mut tokens, &mut rng);
        }
    }
    let total: usize = tokens.iter().map(Vec::len).sum();
    (total <= max_len).then(|| tokens.concat())
}

/// An edit after which a program is likely to be one still.
fn edit_gently(tokens: &mut Vec<Vec<u8>>, rng: &mut Rng) {
    if rng.one_in(4) {
        return edit_lines(tokens, rng);
    }
    let n = tokens.len();
    // Most tokens are blanks or brackets: look on for one that can be exchanged.
    let start = rng.below(n);
    let Some(at) = (start..n)
        .chain(0..start)
        .find(|&at| !matches!(class(&tokens[at]), Class::Blank | Class::Other | Class::Keyword))
    else {
        return tokens.push(word(rng));
    };
    let class_here = class(&tokens[at]);
    let is_operand = matches!(class_here, Class::Name | Class::Numeral | Class::Text);
    if is_operand && rng.one_in(3) {
        let (before, after) = OPERAND_FRAMES[rng.below(OPERAND_FRAMES.len())];
        tokens[at] = [before.as_bytes(), &tokens[at], after.as_bytes()].concat();
        return;
    }
    tokens[at] = match class_here {
        Class::Operator => spaced(OPERATORS[rng.below(OPERATORS.len())]),
        Class::Numeral if !rng.one_in(4) => NUMERALS[rng.below(NUMERALS.len())].into(),
        _ => {
            // A name or a string for one that is there already, so that it means something.
            let same: Vec<_> = tokens.iter().filter(|t| class(t) == class_here).collect();
            rng.pick(&same).map_or_else(Vec::new, |token| token.to_vec())
        }
    };
}

fn spaced(word: &str) -> Vec<u8> {
    format!(" {word} ").into_bytes()
}

/// Copies, removes, exchanges or wraps whole lines, which mostly are whole statements.
fn edit_lines(tokens: &mut Vec<Vec<u8>>, rng: &mut Rng) {
    let joined = tokens.concat();
    let mut lines: Vec<Vec<u8>> =
        joined.split_inclusive(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect();
    let n = lines.len();
    let from = rng.below(n);
    let to = n.min(from + 1 + rng.below(4));
    match rng.below(4) {
        0 => {
            lines.drain(from..to);
        }
        1 => {
            let copy = lines[from..to].to_vec();
            let at = rng.below(n + 1);
            lines.splice(at..at, copy);
        }
        2 if n > 0 => lines.swap(from, rng.below(n)),
        _ => {
            let (before, after) = STATEMENT_FRAMES[rng.below(STATEMENT_FRAMES.len())];
            lines.insert(to, after.into());
            lines.insert(from, before.into());
        }
    }
    *tokens = split(&lines.concat());
}

/// An edit that mostly breaks the program.
fn edit_wildly(tokens: &mut Vec<Vec<u8>>, rng: &mut Rng) {
    let n = tokens.len();
    let at = rng.below(n + 1);
    let run = at..n.min(at + 1 + rng.below(6));
    match rng.below(8) {
        0 => {
            tokens.drain(run);
        }
        1 => {
            let copy = tokens[run].to_vec();
            let to = rng.below(n + 1);
            tokens.splice(to..to, copy);
        }
        2 if n > 0 => tokens.swap(rng.below(n), rng.below(n)),
        3 if at < n => tokens[at] = word(rng),
        4 | 5 => tokens.insert(at, word(rng)),
        6 if at < n => {
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

/// Cuts a source into names and numbers, quoted strings, blanks, operators of two bytes, and single
/// other bytes.
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
            _ => {
                let pair = rest.get(..2).unwrap_or_default();
                let is_operator = OPERATORS.iter().any(|op| op.as_bytes() == pair);
                if is_operator { 2 } else { 1 }
            }
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
