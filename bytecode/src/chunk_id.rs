//! How messages name a chunk.

use alloc::vec::Vec;

use crate::limits::ID_SIZE;

/// Room for a name, without the end mark that C needs.
const MAX: usize = ID_SIZE - 1;
const DOTS: &[u8] = b"...";
const PREFIX: &[u8] = b"[string \"";
const SUFFIX: &[u8] = b"\"]";

/// The name of a chunk as messages show it, at most 59 bytes long: `=name` and `@file` lose their
/// first byte, anything else is taken for the source itself, of which the first line is quoted.
/// What is too long is cut, files at the front. Mirrors `luaO_chunkid`, lobject.c.
///
/// ```
/// use moonproof_bytecode::chunk_id;
///
/// assert_eq!(chunk_id(b"@dir/file.lua"), b"dir/file.lua");
/// assert_eq!(chunk_id(b"return 1\nend"), b"[string \"return 1...\"]");
/// ```
pub fn chunk_id(source: &[u8]) -> Vec<u8> {
    match source {
        [b'=', name @ ..] => name[..name.len().min(MAX)].to_vec(),
        [b'@', file @ ..] if file.len() <= MAX => file.to_vec(),
        [b'@', file @ ..] => [DOTS, &file[file.len() - (MAX - DOTS.len())..]].concat(),
        text => quoted(text),
    }
}

fn quoted(text: &[u8]) -> Vec<u8> {
    let room = MAX - PREFIX.len() - DOTS.len() - SUFFIX.len();
    let line = text.iter().position(|&byte| byte == b'\n');
    if line.is_none() && text.len() < room {
        return [PREFIX, text, SUFFIX].concat();
    }
    let end = line.unwrap_or(text.len()).min(room);
    [PREFIX, &text[..end], DOTS, SUFFIX].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_cut() {
        let a = |n: usize| "a".repeat(n);
        for (source, expected) in [
            (String::new(), "[string \"\"]".to_owned()),
            ("=stdin".into(), "stdin".into()),
            (format!("={}", a(59)), a(59)),
            (format!("={}", a(60)), a(59)),
            (format!("@{}", a(59)), a(59)),
            (format!("@b{}", a(59)), format!("...{}", a(56))),
            (a(44), format!("[string \"{}\"]", a(44))),
            (a(45), format!("[string \"{}...\"]", a(45))),
            (a(46), format!("[string \"{}...\"]", a(45))),
            ("\n".into(), "[string \"...\"]".into()),
            (format!("{}\nx", a(50)), format!("[string \"{}...\"]", a(45))),
        ] {
            let id = chunk_id(source.as_bytes());
            assert_eq!(String::from_utf8_lossy(&id), expected, "{source:?}");
        }
    }
}
