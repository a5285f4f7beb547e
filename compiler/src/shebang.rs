//! What the reference does to the start of a file before it compiles it.

use std::borrow::Cow;

/// First byte of a binary chunk (`LUA_SIGNATURE`).
const SIGNATURE: u8 = 0x1B;

/// The part of a file that is compiled or, if it then starts with an escape byte, loaded as a
/// binary chunk: without a UTF-8 byte order mark, and without a first line that begins with `#`.
/// The line break of such a line stays, so that lines keep their numbers, unless a binary chunk
/// follows. Mirrors `luaL_loadfilex`, `skipcomment` and `skipBOM`, lauxlib.c.
///
/// Quirk: a file that begins like a byte order mark but goes on differently loses the bytes that
/// were compared, all but the first.
///
/// ```
/// use moonproof_compiler::skip_shebang;
///
/// assert_eq!(&*skip_shebang(b"#!/usr/bin/lua\nreturn 1"), b"\nreturn 1");
/// ```
pub fn skip_shebang(file: &[u8]) -> Cow<'_, [u8]> {
    let file = match file {
        [0xEF, 0xBB, 0xBF, rest @ ..] => rest,
        [0xEF, 0xBB, rest @ ..] => {
            return [&[0xEF], rest.get(1..).unwrap_or_default()].concat().into();
        }
        [0xEF, _, rest @ ..] => return [&[0xEF], rest].concat().into(),
        _ => file,
    };
    if file.first() != Some(&b'#') {
        return file.into();
    }
    let Some(newline) = file.iter().position(|&byte| byte == b'\n') else {
        return b"\n".into();
    };
    if file.get(newline + 1) == Some(&SIGNATURE) {
        return file[newline + 1..].into();
    }
    file[newline..].into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_of_files() {
        for (file, expected) in [
            (&b""[..], &b""[..]),
            (b"return", b"return"),
            (b"\xEF\xBB\xBFreturn", b"return"),
            (b"#!lua\nreturn", b"\nreturn"),
            (b"#!lua\r\n\rreturn", b"\n\rreturn"),
            (b"\xEF\xBB\xBF#\n", b"\n"),
            (b"\xEF\xBB\xBF\xEF\xBB\xBFx", b"\xEF\xBB\xBFx"),
            (b"#", b"\n"),
            (b"#!lua", b"\n"),
            (b"#!lua\n\x1BLua", b"\x1BLua"),
            (b"\x1BLua", b"\x1BLua"),
            (b"\xEFreturn", b"\xEFeturn"),
            (b"\xEF\xBBreturn", b"\xEFeturn"),
            (b"\xEF\xBB", b"\xEF"),
            (b"\xEF", b"\xEF"),
            (b"--\n#", b"--\n#"),
        ] {
            assert_eq!(&*skip_shebang(file), expected, "{}", file.escape_ascii());
        }
    }
}
