//! The string library (lstrlib.c), and the metatable of strings.

mod arith;
mod basic;
mod buffer;
mod find;
mod format;
mod gsub;
mod options;
mod pack;
mod pattern;
mod plain;
mod quote;

use super::{natives, new_library};
use crate::closure::NativeFn;
use crate::heap::Gc;
use crate::table::Table;
use crate::value::{LuaType, Value};
use crate::vm::Vm;

pub(crate) use arith::computed_by;
pub(crate) use basic::binary_chunk;
pub(crate) use buffer::{BYTES_PER_FUEL_LOG2, StringLib};

/// The largest size that the library takes where the reference's fits an `int` (`MAXSIZE`).
const MAX_SIZE: u64 = i32::MAX as u64;

pub(super) fn open(vm: &mut Vm) -> Gc<Table> {
    static FUNCTIONS: &[NativeFn] = natives! {
        "byte" => basic::byte,
        "char" => basic::char,
        "dump" => basic::dump,
        "find" => find::find,
        "format" => format::format,
        "gmatch" => find::gmatch,
        "gsub" => gsub::gsub,
        "len" => basic::len,
        "lower" => basic::lower,
        "match" => find::match_,
        "pack" => pack::pack,
        "packsize" => pack::packsize,
        "rep" => basic::rep,
        "reverse" => basic::reverse,
        "sub" => basic::sub,
        "unpack" => pack::unpack,
        "upper" => basic::upper,
    };
    let library = new_library(vm, FUNCTIONS, 0);
    let metatable = new_library(vm, arith::HANDLERS, 1);
    vm.raw_set_name(metatable, "__index", Value::table(library));
    vm.metatables[LuaType::String as usize] = Some(metatable);
    library
}

/// A position in a string, from 1, as given by a script: negative ones count from the end. At
/// least 1 (`posrelatI`).
#[inline]
fn start_position(position: i64, len: usize) -> usize {
    if position > 0 {
        position as usize
    } else if position == 0 || position < -(len as i64) {
        1
    } else {
        (len as i64 + position + 1) as usize
    }
}

/// As [`start_position`] for the end of a range: at most the length (`getendpos`).
#[inline]
fn end_position(position: i64, len: usize) -> usize {
    let n = len as i64;
    if position > n {
        len
    } else if position >= 0 {
        position as usize
    } else {
        (n + position + 1).max(0) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_clipped() {
        let check = |position, start, end| {
            assert_eq!(start_position(position, 5), start, "start {position}");
            assert_eq!(end_position(position, 5), end, "end {position}");
        };
        check(1, 1, 1);
        check(0, 1, 0);
        check(-1, 5, 5);
        check(-5, 1, 1);
        check(-6, 1, 0);
        check(7, 7, 5);
        check(i64::MIN, 1, 0);
        check(i64::MAX, i64::MAX as usize, 5);
    }
}
