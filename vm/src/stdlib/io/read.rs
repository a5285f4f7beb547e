//! Reading by formats (`g_read`, liolib.c).

use moonproof_bytecode::number::{self, Number};

use super::{BYTES_PER_FUEL, File, with_stream};
use crate::native::{NativeResult, NativeRet};
use crate::stdlib::system::file_result;
use crate::value::Value;
use crate::vm::{NO_MEMORY, Raised, Vm};

use super::stream::{BUFFER, READ_AT_ONCE, Stream};

/// Longest numeral that is read (`L_MAXLENNUM`).
const MAX_NUMERAL: usize = 200;

/// Reads by the formats in the arguments from `first` on, a line if there are none. Reading stops at
/// the first format that fails, whose result is nil.
pub(super) fn read(vm: &mut Vm, file: File, first: usize) -> NativeResult {
    let n_formats = (vm.n_args() + 1).saturating_sub(first);
    let line = with_stream(vm, file, |stream, heap| {
        stream.begin_reading();
        if n_formats > 0 {
            return None;
        }
        // The common case: no copy but into the string.
        stream.whole_line().map(|line| heap.new_string(line))
    })?;
    if let Some(line) = line {
        return vm.ret(Value::string(line));
    }
    let mut n_results = 0;
    let mut ok = true;
    if n_formats == 0 {
        ok = read_line(vm, file, false)?;
        n_results = 1;
    } else {
        vm.check_stack(n_formats + 20, "too many arguments")?;
        for i in first..first + n_formats {
            ok = read_format(vm, file, i)?;
            n_results += 1;
            if !ok {
                break;
            }
        }
    }
    let error = with_stream(vm, file, |stream, _| stream.take_error())?;
    if let Some(error) = error {
        return file_result(vm, Err(error), None);
    }
    if !ok {
        vm.pop();
        vm.push(Value::NIL);
    }
    Ok(NativeRet::Values(n_results))
}

/// Pushes what the format in argument `i` reads; false if it fails.
fn read_format(vm: &mut Vm, file: File, i: usize) -> Result<bool, Raised> {
    if vm.arg(i).tag().is_number() {
        let n = vm.check_int(i)?;
        return if n == 0 { test_end(vm, file) } else { read_bytes(vm, file, n) };
    }
    let format = vm.check_str(i)?.bytes();
    let format = format.strip_prefix(b"*").unwrap_or(format);
    match format.first() {
        Some(b'n') => read_number(vm, file),
        Some(b'l') => read_line(vm, file, false),
        Some(b'L') => read_line(vm, file, true),
        Some(b'a') => read_all(vm, file),
        _ => Err(vm.arg_error(i, "invalid format")),
    }
}

/// The empty string, unless this is the end.
fn test_end(vm: &mut Vm, file: File) -> Result<bool, Raised> {
    let more = with_stream(vm, file, |stream, _| stream.peek().is_some())?;
    vm.push_str(b"");
    Ok(more)
}

fn read_line(vm: &mut Vm, file: File, keep_newline: bool) -> Result<bool, Raised> {
    let mut line = Vec::new();
    let mut complete = false;
    while !complete {
        let more = with_stream(vm, file, |stream, _| {
            let (part, is_complete) = stream.read_line_part()?;
            line.extend_from_slice(part);
            Some(is_complete)
        })?;
        match more {
            Some(is_complete) => complete = is_complete,
            None => break,
        }
        check_limits(vm, line.len(), READ_AT_ONCE)?;
    }
    if complete && !keep_newline {
        line.pop();
    }
    vm.push_str(&line);
    Ok(complete || !line.is_empty())
}

fn read_all(vm: &mut Vm, file: File) -> Result<bool, Raised> {
    let text = read_up_to(vm, file, usize::MAX)?;
    vm.push_str(&text);
    Ok(true)
}

fn read_bytes(vm: &mut Vm, file: File, n: i64) -> Result<bool, Raised> {
    // The reference asks for that much memory at once.
    let Some(n) = usize::try_from(n).ok().filter(|n| *n < isize::MAX as usize) else {
        return Err(vm.raise_text(NO_MEMORY.as_bytes()));
    };
    // The common case: no copy but into the string.
    let block = with_stream(vm, file, |stream, heap| {
        stream.whole_block(n).map(|block| heap.new_string(block))
    })?;
    if let Some(block) = block {
        vm.charge(n / BYTES_PER_FUEL)?;
        vm.push(Value::string(block));
        return Ok(true);
    }
    let text = read_up_to(vm, file, n)?;
    vm.push_str(&text);
    Ok(!text.is_empty())
}

fn read_up_to(vm: &mut Vm, file: File, n: usize) -> Result<Vec<u8>, Raised> {
    let mut text = Vec::new();
    loop {
        // In parts that grow with what was read, so that there are few of them.
        let usual = if text.is_empty() { BUFFER } else { text.len().max(READ_AT_ONCE) };
        let part = usual.min(n - text.len());
        let part_end = text.len() + part;
        with_stream(vm, file, |stream, _| stream.read_bytes(&mut text, part))?;
        check_limits(vm, text.len(), part)?;
        if text.len() < part_end || text.len() == n {
            return Ok(text);
        }
    }
}

/// Refuses to read on when what was read takes more than there is; a growing Vec may take twice it.
fn check_limits(vm: &mut Vm, read: usize, latest: usize) -> Result<(), Raised> {
    vm.charge(latest / BYTES_PER_FUEL)?;
    vm.find_memory(read.saturating_mul(2))
}

fn read_number(vm: &mut Vm, file: File) -> Result<bool, Raised> {
    // There may be no end of blanks.
    while !with_stream(vm, file, |stream, _| stream.skip_blanks(READ_AT_ONCE))? {
        vm.charge(READ_AT_ONCE / BYTES_PER_FUEL)?;
    }
    let number = with_stream(vm, file, |stream, _| Numeral::read(stream))?;
    vm.push(number.map_or(Value::NIL, Value::from));
    Ok(number.is_some())
}

/// What has been read of a numeral.
struct Numeral<'a> {
    stream: &'a mut Stream,
    text: [u8; MAX_NUMERAL],
    len: usize,
    too_long: bool,
}

impl Numeral<'_> {
    /// Reads as much as can be the start of a numeral, behind blanks, and what number that is, if any
    /// (`read_number`).
    fn read(stream: &mut Stream) -> Option<Number> {
        let mut numeral = Numeral { stream, text: [0; MAX_NUMERAL], len: 0, too_long: false };
        numeral.take(b"+-");
        let mut n_digits = 0;
        let mut is_hex = false;
        if numeral.take(b"0") {
            if numeral.take(b"xX") {
                is_hex = true;
            } else {
                n_digits = 1;
            }
        }
        n_digits += numeral.take_digits(is_hex);
        if numeral.take(b".") {
            n_digits += numeral.take_digits(is_hex);
        }
        if n_digits > 0 && numeral.take(if is_hex { b"pP" } else { b"eE" }) {
            numeral.take(b"+-");
            numeral.take_digits(false);
        }
        if numeral.too_long { None } else { number::parse(&numeral.text[..numeral.len]) }
    }

    /// Takes the next byte if it is one of `set` and there is room.
    fn take(&mut self, set: &[u8]) -> bool {
        self.take_if(|byte| set.contains(&byte))
    }

    fn take_if(&mut self, accept: impl Fn(u8) -> bool) -> bool {
        let Some(byte) = self.stream.peek().filter(|byte| accept(*byte)) else { return false };
        match self.text.get_mut(self.len) {
            Some(place) => {
                *place = byte;
                self.len += 1;
                self.stream.skip();
                true
            }
            None => {
                self.too_long = true;
                false
            }
        }
    }

    fn take_digits(&mut self, is_hex: bool) -> usize {
        let is_digit =
            |byte: u8| if is_hex { byte.is_ascii_hexdigit() } else { byte.is_ascii_digit() };
        let mut n = 0;
        while self.take_if(is_digit) {
            n += 1;
        }
        n
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, Write};

    use super::*;
    use crate::stdlib::system::temporary_file;

    /// A stream that reads `text`.
    fn stream_of(text: &[u8]) -> Stream {
        let (name, mut file) = temporary_file().expect("a temporary file");
        std::fs::remove_file(crate::stdlib::os_path(&name)).expect("it can be removed");
        file.write_all(text).expect("it can be written");
        file.rewind().expect("it can be rewound");
        let mut stream = Stream::new(file, true, true);
        stream.begin_reading();
        stream
    }

    #[test]
    fn numerals_end_where_they_must() {
        let ones = "1".repeat(MAX_NUMERAL);
        for (text, expected, rest) in [
            ("12 rest", Some(Number::Integer(12)), " rest"),
            (" \t\n\x0B-0x1F,", Some(Number::Integer(-31)), ","),
            ("0x.8p1z", Some(Number::Float(1.0)), "z"),
            ("1e5.5", Some(Number::Float(1e5)), ".5"),
            ("1e+", None, ""),
            ("0xg", None, "g"),
            ("--5", None, "-5"),
            ("nan", None, "nan"),
            ("", None, ""),
            (&ones, Some(Number::Float(1.1111111111111111e199)), ""),
            (&(ones.clone() + "1"), None, "1"),
        ] {
            let mut stream = stream_of(text.as_bytes());
            assert!(stream.skip_blanks(100), "{text}");
            assert_eq!(Numeral::read(&mut stream), expected, "{text}");
            let mut left = Vec::new();
            stream.read_bytes(&mut left, 1000);
            assert_eq!(left, rest.as_bytes(), "{text}");
        }
    }

    #[test]
    fn reading_goes_on_behind_the_buffer() {
        let text: Vec<u8> = (0..100_000).map(|i| (i % 251) as u8).collect();
        for n in [1, 4095, 4096, 4097, READ_AT_ONCE, 99_999, 100_001] {
            let mut stream = stream_of(&text);
            let mut out = Vec::new();
            assert_eq!(stream.peek(), Some(0));
            stream.read_bytes(&mut out, n);
            assert_eq!(out, text[..n.min(text.len())], "{n}");
            assert_eq!(stream.peek(), text.get(n).copied(), "{n}");
        }
    }
}
