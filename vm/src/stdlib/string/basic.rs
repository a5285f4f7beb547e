//! The functions that need no engine of their own.

use moonproof_bytecode::{Strip, dump_function};

use super::buffer::{BYTES_PER_FUEL_LOG2, MAX_UNCHECKED};
use super::{MAX_SIZE, end_position, start_position};
use crate::native::{NativeResult, NativeRet};
use crate::value::{LuaType, Value};
use crate::vm::Vm;
use moonproof_bytecode::limits::MAX_SHORT_LEN;

pub(super) fn len(vm: &mut Vm) -> NativeResult {
    let string = vm.check_str(1)?;
    vm.ret(Value::int(string.len() as i64))
}

pub(super) fn sub(vm: &mut Vm) -> NativeResult {
    let string = vm.check_str(1)?;
    let bytes = string.bytes();
    let start = start_position(vm.check_int(2)?, bytes.len());
    let end = end_position(vm.opt_int(3, -1)?, bytes.len());
    if start > end {
        return vm.ret_str(b"");
    }
    if start == 1 && end == bytes.len() {
        return vm.ret(Value::string(string));
    }
    let len = end - start + 1;
    vm.charge(len >> BYTES_PER_FUEL_LOG2)?;
    if len > MAX_UNCHECKED {
        vm.find_memory(len)?;
    }
    vm.ret_str(&bytes[start - 1..end])
}

pub(super) fn reverse(vm: &mut Vm) -> NativeResult {
    map_bytes(vm, |bytes, out| out.extend(bytes.iter().rev()))
}

pub(super) fn lower(vm: &mut Vm) -> NativeResult {
    map_bytes(vm, |bytes, out| out.extend(bytes.iter().map(u8::to_ascii_lowercase)))
}

pub(super) fn upper(vm: &mut Vm) -> NativeResult {
    map_bytes(vm, |bytes, out| out.extend(bytes.iter().map(u8::to_ascii_uppercase)))
}

/// Returns what `map` makes of the first argument, of the same length.
#[inline(always)]
fn map_bytes(vm: &mut Vm, map: impl FnOnce(&[u8], &mut Vec<u8>)) -> NativeResult {
    let bytes = vm.check_str(1)?.bytes();
    let mut out = vm.take_buffer();
    vm.make_room(&mut out, bytes.len())?;
    map(bytes, &mut out);
    vm.ret_buffer(out)
}

/// Copies that are shorter than this are first put together to blocks of about this size.
const REP_BLOCK: usize = 1 << 10;

pub(super) fn rep(vm: &mut Vm) -> NativeResult {
    let string = vm.check_str(1)?;
    let n = vm.check_int(2)?;
    let separator = vm.opt_str(3)?.map_or(&b""[..], |s| s.bytes());
    let bytes = string.bytes();
    if n <= 0 {
        return vm.ret_str(b"");
    }
    let unit_len = bytes.len() + separator.len();
    if unit_len as u64 > MAX_SIZE / n as u64 {
        return Err(vm.error_at_caller(b"resulting string too large"));
    }
    let n = n as usize;
    let total = n * unit_len - separator.len();
    if total == 0 {
        return vm.ret_str(b"");
    }
    if n == 1 {
        return vm.ret(Value::string(string));
    }
    vm.charge(total >> BYTES_PER_FUEL_LOG2)?;
    if total > REP_BLOCK {
        vm.find_memory(total)?;
    }
    if unit_len >= REP_BLOCK {
        return rep_long(vm, bytes, separator, n);
    }
    let mut block = vm.take_buffer();
    let per_block = (REP_BLOCK / unit_len).min(n);
    block.reserve(per_block * unit_len);
    block.extend_from_slice(bytes);
    block.extend_from_slice(separator);
    let mut done = 1;
    while done < per_block {
        let more = done.min(per_block - done);
        block.extend_from_within(..more * unit_len);
        done += more;
    }
    if total <= MAX_SHORT_LEN {
        block.truncate(total);
        return vm.ret_buffer(block);
    }
    let result = vm.heap.new_long_string_of(total);
    let mut at = 0;
    while at < total {
        let n = block.len().min(total - at);
        result.fill(at, &block[..n]);
        at += n;
    }
    vm.keep_buffer(block);
    vm.ret(Value::string(result))
}

/// Returns `n` copies, two at least, which are long ones.
fn rep_long(vm: &mut Vm, bytes: &[u8], separator: &[u8], n: usize) -> NativeResult {
    let unit_len = bytes.len() + separator.len();
    let result = vm.heap.new_long_string_of(n * unit_len - separator.len());
    for i in 0..n {
        if i > 0 {
            result.fill(i * unit_len - separator.len(), separator);
        }
        result.fill(i * unit_len, bytes);
    }
    vm.ret(Value::string(result))
}

pub(super) fn byte(vm: &mut Vm) -> NativeResult {
    let bytes = vm.check_str(1)?.bytes();
    let first = vm.opt_int(2, 1)?;
    let start = start_position(first, bytes.len());
    let end = end_position(vm.opt_int(3, first)?, bytes.len());
    if start > end {
        return Ok(NativeRet::Values(0));
    }
    let slice = &bytes[start - 1..end];
    if let [byte] = slice {
        return vm.ret(Value::int(i64::from(*byte)));
    }
    if slice.len() > MAX_SIZE as usize {
        return Err(vm.error_at_caller(b"string slice too long"));
    }
    vm.check_stack(slice.len(), "string slice too long")?;
    vm.charge(slice.len())?;
    for byte in slice {
        vm.push(Value::int(i64::from(*byte)));
    }
    Ok(NativeRet::Values(slice.len()))
}

pub(super) fn char(vm: &mut Vm) -> NativeResult {
    let n = vm.n_args();
    let mut out = vm.take_buffer();
    vm.make_room(&mut out, n)?;
    for i in 1..=n {
        match u8::try_from(vm.check_int(i)?) {
            Ok(byte) => out.push(byte),
            Err(_) => return Err(vm.arg_error(i, "value out of range")),
        }
    }
    vm.ret_buffer(out)
}

pub(super) fn dump(vm: &mut Vm) -> NativeResult {
    let strip = if vm.arg(2).is_falsy() { Strip::Nothing } else { Strip::DebugInfo };
    let function = vm.check_type(1, LuaType::Function)?;
    let Some(bytes) = binary_chunk(function, strip) else {
        return Err(vm.error_at_caller(b"unable to dump given function"));
    };
    vm.charge(bytes.len())?;
    vm.find_memory(bytes.len())?;
    vm.ret_str(&bytes)
}

/// The chunk of a Lua function; none for others.
pub(crate) fn binary_chunk(function: Value, strip: Strip) -> Option<Vec<u8>> {
    let closure = function.as_closure()?;
    let shared = &closure.proto().shared;
    Some(dump_function(&**shared, shared.source.as_ref(), strip))
}
