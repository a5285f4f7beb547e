//! The utf8 library (lutf8lib.c): sequences of up to six bytes, or with the limits of Unicode unless
//! a call is lax.

use super::{natives, new_library};
use crate::closure::NativeFn;
use crate::heap::Gc;
use crate::native::{NativeResult, NativeRet, to_integer};
use crate::string::Str;
use crate::table::Table;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Largest code of Unicode.
const MAX_UNICODE: u32 = 0x10_FFFF;
/// Largest code that six bytes can hold (`MAXUTF`).
const MAX_CODE: u32 = 0x7FFF_FFFF;

/// The most bytes of a character.
const MAX_SEQUENCE: usize = 6;

const INVALID: &str = "invalid UTF-8 code";

pub(super) fn open(vm: &mut Vm) -> Gc<Table> {
    static FUNCTIONS: &[NativeFn] = natives! {
        "offset" => offset,
        "codepoint" => codepoint,
        "char" => char,
        "len" => len,
        "codes" => codes,
    };
    let utf8 = new_library(vm, FUNCTIONS, 1);
    let pattern = vm.heap.new_string(b"[\0-\x7F\xC2-\xFD][\x80-\xBF]*");
    vm.raw_set_name(utf8, "charpattern", Value::string(pattern));
    utf8
}

/// Whether the byte at `i` goes on with a character; behind the end there is a zero.
#[inline]
fn is_continuation(text: &[u8], i: usize) -> bool {
    text.get(i).is_some_and(|byte| byte & 0xC0 == 0x80)
}

/// The code that begins at `start`, and where the next one does (`utf8_decode`).
#[inline]
fn decode(text: &[u8], start: usize, strict: bool) -> Option<(u32, usize)> {
    /// The least code of each number of continuation bytes; none is enough where there are none.
    const LEAST: [u32; 6] = [u32::MAX, 0x80, 0x800, 0x1_0000, 0x20_0000, 0x400_0000];
    let first = u32::from(*text.get(start)?);
    if first < 0x80 {
        return Some((first, start + 1));
    }
    if first >= 0xFE {
        return None;
    }
    let n_more = (first << 24).leading_ones() as usize - 1;
    let mut code = 0;
    for i in 1..=n_more {
        if !is_continuation(text, start + i) {
            return None;
        }
        code = code << 6 | u32::from(text[start + i] & 0x3F);
    }
    code |= ((first << n_more) & 0x7F) << (n_more * 5);
    if code > MAX_CODE || code < LEAST[n_more] {
        return None;
    }
    if strict && (code > MAX_UNICODE || (0xD800..=0xDFFF).contains(&code)) {
        return None;
    }
    Some((code, start + 1 + n_more))
}

/// Appends the sequence of a code of at most [`MAX_CODE`] (`luaO_utf8esc`).
fn encode(text: &mut Vec<u8>, code: u32) {
    if code < 0x80 {
        text.push(code as u8);
        return;
    }
    let mut rest = code;
    let mut reversed = [0; 6];
    let mut n = 0;
    // What the first byte can hold shrinks with each byte that follows.
    let mut first_limit = 0x3F;
    while rest > first_limit {
        reversed[n] = 0x80 | (rest & 0x3F) as u8;
        rest >>= 6;
        first_limit >>= 1;
        n += 1;
    }
    text.push((!first_limit << 1) as u8 | rest as u8);
    text.extend(reversed[..n].iter().rev());
}

/// A position that counts from the end if it is negative; 0 if it is before the start.
fn position(i: i64, len: usize) -> i64 {
    if i >= 0 {
        i
    } else if i.unsigned_abs() > len as u64 {
        0
    } else {
        len as i64 + i + 1
    }
}

fn opt_position(vm: &mut Vm, arg: usize, default: i64, len: usize) -> Result<i64, Raised> {
    Ok(position(vm.opt_int(arg, default)?, len))
}

fn len(vm: &mut Vm) -> NativeResult {
    let text = vm.check_str(1)?.bytes();
    let first = opt_position(vm, 2, 1, text.len())?;
    let last = opt_position(vm, 3, -1, text.len())?;
    let strict = vm.arg(4).is_falsy();
    if first < 1 || first - 1 > text.len() as i64 {
        return Err(vm.arg_error(2, "initial position out of bounds"));
    }
    if last > text.len() as i64 {
        return Err(vm.arg_error(3, "final position out of bounds"));
    }
    vm.charge(text.len() / 8)?;
    let mut at = first as usize - 1;
    let mut n = 0;
    while (at as i64) < last {
        match decode(text, at, strict) {
            Some((_, next)) => at = next,
            None => {
                vm.push(Value::NIL);
                vm.push(Value::int(at as i64 + 1));
                return Ok(NativeRet::Values(2));
            }
        }
        n += 1;
    }
    vm.ret(Value::int(n))
}

fn codepoint(vm: &mut Vm) -> NativeResult {
    let text = vm.check_str(1)?.bytes();
    let first = opt_position(vm, 2, 1, text.len())?;
    let last = opt_position(vm, 3, first, text.len())?;
    let strict = vm.arg(4).is_falsy();
    if first < 1 {
        return Err(vm.arg_error(2, "out of bounds"));
    }
    if last > text.len() as i64 {
        return Err(vm.arg_error(3, "out of bounds"));
    }
    if first > last {
        return Ok(NativeRet::Values(0));
    }
    if last - first >= i64::from(i32::MAX) {
        return Err(vm.error_at_caller(b"string slice too long"));
    }
    vm.check_stack((last - first) as usize + 1, "string slice too long")?;
    vm.charge((last - first) as usize)?;
    let mut at = first as usize - 1;
    let mut n = 0;
    while (at as i64) < last {
        let Some((code, next)) = decode(text, at, strict) else {
            return Err(vm.error_at_caller(INVALID.as_bytes()));
        };
        vm.push(Value::int(code.into()));
        at = next;
        n += 1;
    }
    Ok(NativeRet::Values(n))
}

fn char(vm: &mut Vm) -> NativeResult {
    let mut text = vm.take_buffer();
    for i in 1..=vm.n_args() {
        let code = vm.check_int(i)?;
        vm.make_room(&mut text, MAX_SEQUENCE)?;
        match u32::try_from(code) {
            Ok(code @ ..=MAX_CODE) => encode(&mut text, code),
            _ => return Err(vm.arg_error(i, "value out of range")),
        }
    }
    vm.ret_buffer(text)
}

fn offset(vm: &mut Vm) -> NativeResult {
    let text = vm.check_str(1)?.bytes();
    let n = vm.check_int(2)?;
    let default = if n >= 0 { 1 } else { text.len() as i64 + 1 };
    let start = opt_position(vm, 3, default, text.len())?;
    if start < 1 || start - 1 > text.len() as i64 {
        return Err(vm.arg_error(3, "position out of bounds"));
    }
    let mut at = start as usize - 1;
    if n == 0 {
        let from = at;
        while at > 0 && is_continuation(text, at) {
            at -= 1;
        }
        vm.charge((from - at) / 8)?;
        return vm.ret(Value::int(at as i64 + 1));
    }
    if is_continuation(text, at) {
        return Err(vm.error_at_caller(b"initial position is a continuation byte"));
    }
    let found = match n.unsigned_abs() {
        n_back if n < 0 => start_before(text, at, n_back),
        // The first one is where the search begins.
        1 => Some(at),
        n_on => start_behind(text, at, n_on - 1),
    };
    let distance = found.unwrap_or(if n < 0 { 0 } else { text.len() }).abs_diff(at);
    vm.charge(distance / 8)?;
    vm.ret(found.map_or(Value::NIL, |at| Value::int(at as i64 + 1)))
}

/// How many of eight bytes begin a character.
#[inline]
fn count_starts(word: [u8; 8]) -> u64 {
    const ONES: u64 = u64::MAX / 0xFF;
    let word = u64::from_le_bytes(word);
    let starts = !(word >> 7 & !(word >> 6)) & ONES;
    starts.wrapping_mul(ONES) >> 56
}

/// Where the `n`th character behind the one at `at` begins; one begins at the end.
fn start_behind(text: &[u8], at: usize, n: u64) -> Option<usize> {
    let mut left = n;
    let mut i = at + 1;
    while let Some(word) = text.get(i..).and_then(|rest| rest.first_chunk()) {
        let n_starts = count_starts(*word);
        if n_starts >= left {
            break;
        }
        left -= n_starts;
        i += 8;
    }
    while i <= text.len() {
        left -= u64::from(!is_continuation(text, i));
        if left == 0 {
            return Some(i);
        }
        i += 1;
    }
    None
}

/// Where the `n`th character before `at` begins; one begins at the start, whatever is there.
fn start_before(text: &[u8], at: usize, n: u64) -> Option<usize> {
    let mut left = n;
    let mut i = at;
    while let Some(word) = text.get(1..i).and_then(|before| before.last_chunk()) {
        let n_starts = count_starts(*word);
        if n_starts >= left {
            break;
        }
        left -= n_starts;
        i -= 8;
    }
    while i > 0 {
        i -= 1;
        left -= u64::from(i == 0 || !is_continuation(text, i));
        if left == 0 {
            return Some(i);
        }
    }
    None
}

fn codes(vm: &mut Vm) -> NativeResult {
    static STRICT: NativeFn = NativeFn { name: "?", call: |vm| step(vm, true) };
    static LAX: NativeFn = NativeFn { name: "?", call: |vm| step(vm, false) };
    let lax = !vm.arg(2).is_falsy();
    let text: Gc<Str> = vm.check_str(1)?;
    if is_continuation(text.bytes(), 0) {
        return Err(vm.arg_error(1, INVALID));
    }
    vm.push(Value::native(if lax { &LAX } else { &STRICT }));
    vm.push(Value::string(text));
    vm.push(Value::int(0));
    Ok(NativeRet::Values(3))
}

/// The character behind the one at a position (`iter_aux`).
fn step(vm: &mut Vm, strict: bool) -> NativeResult {
    let text = vm.check_str(1)?.bytes();
    let previous = to_integer(vm.arg(2)).unwrap_or(0) as u64;
    if previous >= text.len() as u64 {
        return Ok(NativeRet::Values(0));
    }
    let mut at = previous as usize;
    while is_continuation(text, at) {
        at += 1;
    }
    vm.charge((at - previous as usize) / 8)?;
    if at >= text.len() {
        return Ok(NativeRet::Values(0));
    }
    match decode(text, at, strict) {
        Some((code, next)) if !is_continuation(text, next) => {
            vm.push(Value::int(at as i64 + 1));
            vm.push(Value::int(code.into()));
            Ok(NativeRet::Values(2))
        }
        _ => Err(vm.error_at_caller(INVALID.as_bytes())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_survive_a_round_trip() {
        for code in [0, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x1_0000, MAX_UNICODE] {
            let mut text = Vec::new();
            encode(&mut text, code);
            let expected = char::from_u32(code).expect("a scalar value").to_string();
            assert_eq!(text, expected.as_bytes(), "{code:#x}");
            assert_eq!(decode(&text, 0, true), Some((code, text.len())), "{code:#x}");
        }
        for code in [0xD800, 0xDFFF, 0x11_0000, 0x1F_FFFF, 0x20_0000, 0x400_0000, MAX_CODE] {
            let mut text = Vec::new();
            encode(&mut text, code);
            assert_eq!(decode(&text, 0, false), Some((code, text.len())), "{code:#x}");
            assert_eq!(decode(&text, 0, true), None, "{code:#x}");
        }
    }

    #[test]
    fn characters_are_counted_from_any_place() {
        let check = |text: &[u8]| {
            let begins = |i: usize| !is_continuation(text, i);
            for at in 0..=text.len() {
                let behind: Vec<usize> = (at + 1..=text.len()).filter(|i| begins(*i)).collect();
                let before: Vec<usize> = (0..at).rev().filter(|i| *i == 0 || begins(*i)).collect();
                for n in 1..=text.len() as u64 + 2 {
                    let i = n as usize - 1;
                    assert_eq!(
                        start_behind(text, at, n),
                        behind.get(i).copied(),
                        "{n} behind {at}"
                    );
                    assert_eq!(
                        start_before(text, at, n),
                        before.get(i).copied(),
                        "{n} before {at}"
                    );
                }
            }
        };
        check(b"");
        check(b"a");
        check(b"\x80");
        check("Größe, Ψάξε, 日本語 🙂".as_bytes());
        check(&[0x80; 20]);
        check(b"\x80\xBFab\xC3\xFF\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80z");
    }

    #[test]
    fn bad_sequences_are_refused() {
        for text in [
            &b""[..],
            b"\x80",
            b"\xBF",
            b"\xC3",
            b"\xC0\x80",
            b"\xC1\xBF",
            b"\xE0\x9F\xBF",
            b"\xF0\x8F\xBF\xBF",
            b"\xE2\x82",
            b"\xFE\x80\x80\x80\x80\x80",
            b"\xFF",
        ] {
            assert_eq!(decode(text, 0, false), None, "{text:x?}");
        }
    }
}
