//! `pack`, `packsize` and `unpack`: values as fixed binary forms.

use super::buffer::{BYTES_PER_FUEL_LOG2, MAX_UNCHECKED};
use super::options::{Details, Format, MAX_INT_SIZE, Options, PackOption, Problem};
use super::{MAX_SIZE, start_position};
use crate::native::{NativeResult, NativeRet};
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Bytes of a Lua integer (`SZINT`).
const INT_SIZE: usize = 8;

impl Vm {
    /// What is wrong with a format is an error of its own or of the first argument.
    #[cold]
    fn format_problem(&mut self, problem: Problem) -> Raised {
        match problem {
            Problem::Error(message) => self.error_at_caller(&message),
            Problem::Argument(message) => self.arg_error(1, message),
        }
    }
}

/// More than an option adds, but for strings: padding and an integer.
const MAX_PACKED: usize = 3 * MAX_INT_SIZE;

/// The format, which is paid for.
#[inline]
fn check_format<'a>(vm: &mut Vm) -> Result<&'a [u8], Raised> {
    let format = vm.check_str(1)?.bytes();
    vm.charge(format.len() / 4)?;
    Ok(format)
}

/// The next option, with the bytes that align it behind `position`.
#[inline]
fn next_option(
    vm: &mut Vm,
    options: &mut Options<'_>,
    position: usize,
) -> Result<Option<Details>, Raised> {
    options.next(position).map_err(|problem| vm.format_problem(*problem))
}

pub(super) fn pack(vm: &mut Vm) -> NativeResult {
    let format = check_format(vm)?;
    // Quirk: where an argument is missing, the reference finds this.
    vm.push(Value::NIL);
    let mut out = vm.take_buffer();
    match pack_all(vm, format, &mut out) {
        Ok(()) => vm.ret_buffer(out),
        Err(raised) => {
            vm.keep_buffer(out);
            Err(raised)
        }
    }
}

fn pack_all(vm: &mut Vm, format: &[u8], out: &mut Vec<u8>) -> Result<(), Raised> {
    let mut options = Options::new(format);
    let mut arg = 1;
    while let Some(details) = next_option(vm, &mut options, out.len())? {
        let Details { option, size, n_align, format } = details;
        vm.make_room(out, MAX_PACKED)?;
        out.resize(out.len() + n_align, 0);
        if option.takes_value() {
            arg += 1;
        }
        match option {
            PackOption::Int => {
                let value = vm.check_int(arg)?;
                if size < INT_SIZE {
                    let limit = 1_i64 << (size * 8 - 1);
                    if value < -limit || value >= limit {
                        return Err(vm.arg_error(arg, "integer overflow"));
                    }
                }
                pack_int(out, value as u64, size, format, value < 0);
            }
            PackOption::Uint => {
                let value = vm.check_int(arg)? as u64;
                if size < INT_SIZE && value >= 1 << (size * 8) {
                    return Err(vm.arg_error(arg, "unsigned overflow"));
                }
                pack_int(out, value, size, format, false);
            }
            PackOption::Float => {
                let bytes = (vm.check_float(arg)? as f32).to_le_bytes();
                push_ordered(out, &bytes, format);
            }
            PackOption::Double => {
                let bytes = vm.check_float(arg)?.to_le_bytes();
                push_ordered(out, &bytes, format);
            }
            PackOption::Char => {
                let bytes = vm.check_str(arg)?.bytes();
                if bytes.len() > size {
                    return Err(vm.arg_error(arg, "string longer than given size"));
                }
                vm.make_room(out, size)?;
                out.extend_from_slice(bytes);
                out.resize(out.len() + size - bytes.len(), 0);
            }
            PackOption::Text => {
                let bytes = vm.check_str(arg)?.bytes();
                if size < INT_SIZE && bytes.len() as u64 >= 1 << (size * 8) {
                    return Err(vm.arg_error(arg, "string length does not fit in given size"));
                }
                pack_int(out, bytes.len() as u64, size, format, false);
                vm.append(out, bytes)?;
            }
            PackOption::Zero => {
                let bytes = vm.check_str(arg)?.bytes();
                if bytes.contains(&0) {
                    return Err(vm.arg_error(arg, "string contains zeros"));
                }
                vm.make_room(out, bytes.len() + 1)?;
                out.extend_from_slice(bytes);
                out.push(0);
            }
            PackOption::Padding => out.push(0),
            PackOption::Align | PackOption::Nothing => {}
        }
    }
    Ok(())
}

/// Appends an integer of `size` bytes; those beyond eight repeat the sign if it has one
/// (`packint`).
fn pack_int(out: &mut Vec<u8>, value: u64, size: usize, format: Format, is_negative: bool) {
    let mut bytes = [if is_negative { 0xFF } else { 0 }; MAX_INT_SIZE];
    bytes[..INT_SIZE].copy_from_slice(&value.to_le_bytes());
    push_ordered(out, &bytes[..size], format);
}

/// Appends bytes that are in little-endian order.
#[inline]
fn push_ordered(out: &mut Vec<u8>, bytes: &[u8], format: Format) {
    if format.is_little {
        out.extend_from_slice(bytes);
    } else {
        out.extend(bytes.iter().rev());
    }
}

pub(super) fn packsize(vm: &mut Vm) -> NativeResult {
    let format = check_format(vm)?;
    let mut options = Options::new(format);
    let mut total = 0;
    while let Some(details) = next_option(vm, &mut options, total)? {
        if matches!(details.option, PackOption::Text | PackOption::Zero) {
            return Err(vm.arg_error(1, "variable-length format"));
        }
        let size = details.n_align + details.size;
        if total as u64 > MAX_SIZE - (size as u64).min(MAX_SIZE) {
            return Err(vm.arg_error(1, "format result too large"));
        }
        total += size;
    }
    vm.ret(Value::int(total as i64))
}

pub(super) fn unpack(vm: &mut Vm) -> NativeResult {
    let format = check_format(vm)?;
    let data = vm.check_str(2)?.bytes();
    let mut at = start_position(vm.opt_int(3, 1)?, data.len()) - 1;
    if at > data.len() {
        return Err(vm.arg_error(3, "initial position out of string"));
    }
    let mut options = Options::new(format);
    let mut n_results = 0;
    while let Some(details) = next_option(vm, &mut options, at)? {
        if details.n_align + details.size > data.len() - at {
            return Err(vm.arg_error(2, "data string too short"));
        }
        at += details.n_align;
        // As many as there is room for in any case need not be asked for.
        if n_results > 8 {
            vm.check_stack(2, "too many results")?;
        }
        let (value, len) = unpack_one(vm, &data[at..], details)?;
        if let Some(value) = value {
            vm.push(value);
            n_results += 1;
        }
        at += len;
    }
    vm.push(Value::int(at as i64 + 1));
    Ok(NativeRet::Values(n_results + 1))
}

/// The value at the beginning of `data`, if the option has one, and how many bytes it takes.
/// There are at least as many as the option's size.
fn unpack_one(
    vm: &mut Vm,
    data: &[u8],
    Details { option, size, format, .. }: Details,
) -> Result<(Option<Value>, usize), Raised> {
    let fixed = &data[..size];
    let value = match option {
        PackOption::Int => Value::int(unpack_int(vm, fixed, format, true)?),
        PackOption::Uint => Value::int(unpack_int(vm, fixed, format, false)?),
        PackOption::Float => Value::float(f64::from(f32::from_le_bytes(ordered(fixed, format)))),
        PackOption::Double => Value::float(f64::from_le_bytes(ordered(fixed, format))),
        PackOption::Char => {
            find_room(vm, size)?;
            Value::string(vm.heap.new_string(fixed))
        }
        PackOption::Text => {
            let len = unpack_int(vm, fixed, format, false)? as u64;
            if len > (data.len() - size) as u64 {
                return Err(vm.arg_error(2, "data string too short"));
            }
            let end = size + len as usize;
            find_room(vm, end)?;
            let string = vm.heap.new_string(&data[size..end]);
            return Ok((Some(Value::string(string)), end));
        }
        PackOption::Zero => {
            let Some(len) = memchr::memchr(0, data) else {
                return Err(vm.arg_error(2, "unfinished string for format 'z'"));
            };
            find_room(vm, len)?;
            let string = vm.heap.new_string(&data[..len]);
            return Ok((Some(Value::string(string)), len + 1));
        }
        PackOption::Align | PackOption::Padding | PackOption::Nothing => return Ok((None, size)),
    };
    Ok((Some(value), size))
}

/// Pays for a string of so many bytes, and finds memory for it.
#[inline]
fn find_room(vm: &mut Vm, len: usize) -> Result<(), Raised> {
    vm.charge(len >> BYTES_PER_FUEL_LOG2)?;
    if len > MAX_UNCHECKED { vm.find_memory(len) } else { Ok(()) }
}

/// An integer of any size; bytes beyond eight may only repeat its sign (`unpackint`).
fn unpack_int(vm: &mut Vm, bytes: &[u8], format: Format, is_signed: bool) -> Result<i64, Raised> {
    let size = bytes.len();
    let all: [u8; MAX_INT_SIZE] = ordered(bytes, format);
    let mut low = [0; INT_SIZE];
    low.copy_from_slice(&all[..INT_SIZE]);
    let value = i64::from_le_bytes(low);
    if size < INT_SIZE {
        let n_unused = (INT_SIZE - size) as u32 * 8;
        return Ok(if is_signed { value << n_unused >> n_unused } else { value });
    }
    let fill = if is_signed && value < 0 { 0xFF } else { 0 };
    if all[INT_SIZE..size].iter().any(|byte| *byte != fill) {
        let message = format!("{size}-byte integer does not fit into Lua Integer");
        return Err(vm.error_at_caller(message.as_bytes()));
    }
    Ok(value)
}

/// Bytes in little-endian order, with zeros behind them.
#[inline]
fn ordered<const N: usize>(bytes: &[u8], format: Format) -> [u8; N] {
    let mut array = [0; N];
    let n = bytes.len().min(N);
    array[..n].copy_from_slice(&bytes[..n]);
    if !format.is_little {
        array[..n].reverse();
    }
    array
}
