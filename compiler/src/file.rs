//! Files as the reference reads them: its messages if it cannot, and what it does to the start of
//! a file before it compiles it.

use std::borrow::Cow;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::{fs, io};

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

/// Reads a file whole.
///
/// # Errors
///
/// The reference's message, as of `luaL_loadfilex`.
pub fn read_file(path: &Path) -> Result<Vec<u8>, Vec<u8>> {
    fs::read(path).map_err(|error| {
        // The reference can open a folder, and then not read it.
        let what = if path.is_dir() { "read" } else { "open" };
        read_error(what, path, &error)
    })
}

/// The reference's message for a file that it cannot `open` or `read` (`errfile`, lauxlib.c).
pub fn read_error(what: &str, path: &Path, error: &io::Error) -> Vec<u8> {
    let reason = error.to_string();
    // C says the same without the number behind.
    let reason = reason.split(" (os error ").next().unwrap_or_default();
    let path = path.as_os_str().as_bytes();
    [b"cannot ", what.as_bytes(), b" ", path, b": ", reason.as_bytes()].concat()
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
