//! The table library (ltablib.c).
//!
//! What has no metatable is read and written directly; everything else goes through the
//! metamethods, as `lua_geti` and `lua_seti` do. After a metamethod has run, arguments are read
//! from the stack again: with the debug library, it can change them.

mod sort;

use moonproof_bytecode::number::Number;
use moonproof_bytecode::number::format::NumberBuffer;

use super::{natives, new_library};
use crate::closure::NativeFn;
use crate::heap::Gc;
use crate::metamethod::Event;
use crate::native::{NativeResult, NativeRet};
use crate::table::Table;
use crate::value::{LuaType, Tag, Value};
use crate::vm::{Raised, Vm};

pub(super) fn open(vm: &mut Vm) -> Gc<Table> {
    static FUNCTIONS: &[NativeFn] = natives! {
        "concat" => concat,
        "insert" => insert,
        "pack" => pack,
        "unpack" => unpack,
        "remove" => remove,
        "move" => move_items,
        "sort" => sort::sort,
    };
    new_library(vm, FUNCTIONS, 0)
}

/// What an argument must be able to do besides being indexed (`TAB_R` and the like).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Read,
    Write,
    ReadLength,
    ReadWriteLength,
}

impl Need {
    const fn events(self) -> &'static [Event] {
        match self {
            Self::Read => &[Event::Index],
            Self::Write => &[Event::NewIndex],
            Self::ReadLength => &[Event::Index, Event::Len],
            Self::ReadWriteLength => &[Event::Index, Event::NewIndex, Event::Len],
        }
    }
}

/// Argument `i` as a table whose items no metamethod guards.
#[inline]
fn plain(vm: &Vm, i: usize) -> Option<Gc<Table>> {
    vm.arg(i).as_table().filter(|table| table.metatable().is_none())
}

/// Refuses an argument that is no table and does not behave like one (`checktab`).
fn check_table_like(vm: &mut Vm, i: usize, need: Need) -> Result<(), Raised> {
    let value = vm.arg(i);
    if value.tag() == Tag::TABLE {
        return Ok(());
    }
    let able = vm.metatable_of(value).is_some_and(|metatable| {
        need.events().iter().all(|event| !metatable.get_name(vm.event_name(*event)).is_nil())
    });
    if able { Ok(()) } else { vm.check_type(i, LuaType::Table).map(|_| ()) }
}

/// The length of the first argument, which must be table-like (`aux_getn`).
#[inline]
fn checked_length(vm: &mut Vm, need: Need) -> Result<i64, Raised> {
    if let Some(table) = plain(vm, 1) {
        return Ok(table.border());
    }
    check_table_like(vm, 1, need)?;
    vm.length(vm.arg(1))
}

/// Item `i` of an argument.
#[inline(always)]
fn item(vm: &mut Vm, arg: usize, i: i64) -> Result<Value, Raised> {
    let object = vm.arg(arg);
    if let Some(table) = object.as_table()
        && let Some(value) = table.array_get(i)
        && !value.is_nil()
    {
        return Ok(value);
    }
    any_item(vm, object, i)
}

#[inline(never)]
fn any_item(vm: &mut Vm, object: Value, i: i64) -> Result<Value, Raised> {
    match object.as_table().filter(|table| table.metatable().is_none()) {
        Some(table) => Ok(table.get_int(i)),
        None => vm.index(object, Value::int(i)),
    }
}

/// Sets item `i` of an argument.
#[inline(always)]
fn set_item(vm: &mut Vm, arg: usize, i: i64, value: Value) -> Result<(), Raised> {
    let object = vm.arg(arg);
    if let Some(table) = object.as_table()
        && table.array_replace(i, value)
    {
        vm.heap.collector.barrier_table(table, value);
        return Ok(());
    }
    set_any_item(vm, object, i, value)
}

#[inline(never)]
fn set_any_item(vm: &mut Vm, object: Value, i: i64, value: Value) -> Result<(), Raised> {
    match object.as_table().filter(|table| table.metatable().is_none()) {
        Some(table) => vm.raw_set_int(table, i, value),
        None => vm.set_index(object, Value::int(i), value),
    }
}

fn insert(vm: &mut Vm) -> NativeResult {
    let end = checked_length(vm, Need::ReadWriteLength)?.wrapping_add(1);
    match vm.n_args() {
        2 => {
            let value = vm.arg(2);
            set_item(vm, 1, end, value)?;
        }
        3 => {
            let position = vm.check_int(2)?;
            if (position as u64).wrapping_sub(1) >= end as u64 {
                return Err(vm.arg_error(2, "position out of bounds"));
            }
            move_up(vm, position, end)?;
            let value = vm.arg(3);
            set_item(vm, 1, position, value)?;
        }
        _ => return Err(vm.error_at_caller(b"wrong number of arguments to 'insert'")),
    }
    Ok(NativeRet::Values(0))
}

/// Moves the items from `position` on one up; `end` is the first empty one.
fn move_up(vm: &mut Vm, position: i64, end: i64) -> Result<(), Raised> {
    let mut i = end;
    while i > position {
        let value = item(vm, 1, i - 1)?;
        set_item(vm, 1, i, value)?;
        i -= 1;
        // The first one may have made room for the others.
        if let Some(table) = plain(vm, 1)
            && shift(vm, table, position, position + 1, i - position)
        {
            return vm.charge(moved_units(i - position));
        }
        vm.charge(1)?;
    }
    Ok(())
}

/// Moves `n` items of an array part; false if they, or their new places, are not all in it.
fn shift(vm: &mut Vm, table: Gc<Table>, from: i64, to: i64, n: i64) -> bool {
    vm.heap.collector.barrier_move(table);
    table.array_move(from, to, n)
}

/// What it costs to move that many items at once.
fn moved_units(n: i64) -> usize {
    (n / 16) as usize
}

fn remove(vm: &mut Vm) -> NativeResult {
    let size = checked_length(vm, Need::ReadWriteLength)?;
    let mut position = vm.opt_int(2, size)?;
    if position != size && (position as u64).wrapping_sub(1) > size as u64 {
        return Err(vm.arg_error(2, "position out of bounds"));
    }
    let removed = item(vm, 1, position)?;
    vm.push(removed);
    while position < size {
        if let Some(table) = plain(vm, 1)
            && shift(vm, table, position + 1, position, size - position)
        {
            vm.charge(moved_units(size - position))?;
            position = size;
            break;
        }
        vm.charge(1)?;
        let value = item(vm, 1, position + 1)?;
        set_item(vm, 1, position, value)?;
        position += 1;
    }
    set_item(vm, 1, position, Value::NIL)?;
    Ok(NativeRet::Values(1))
}

fn move_items(vm: &mut Vm) -> NativeResult {
    let (first, last) = (vm.check_int(2)?, vm.check_int(3)?);
    let target = vm.check_int(4)?;
    let to = if vm.arg(5).is_nil() { 1 } else { 5 };
    check_table_like(vm, 1, Need::Read)?;
    check_table_like(vm, to, Need::Write)?;
    if last >= first {
        if first <= 0 && last >= i64::MAX.wrapping_add(first) {
            return Err(vm.arg_error(3, "too many elements to move"));
        }
        let n = last - first + 1;
        if target > i64::MAX - n + 1 {
            return Err(vm.arg_error(4, "destination wrap around"));
        }
        let upwards = target > last
            || target <= first
            || (to != 1 && {
                let (a, b) = (vm.arg(1), vm.arg(to));
                !vm.equals(a, b)?
            });
        if !move_within_array(vm, to, (first, target, n)) {
            for k in 0..n {
                let i = if upwards { k } else { n - 1 - k };
                vm.charge(1)?;
                let value = item(vm, 1, first + i)?;
                set_item(vm, to, target + i, value)?;
                // A table without end may be filled from one that computes its items.
                vm.find_memory(1)?;
            }
        }
    }
    let result = vm.arg(to);
    vm.ret(result)
}

/// The common case of `move`: both places in the array part of one table.
fn move_within_array(vm: &mut Vm, to: usize, (first, target, n): (i64, i64, i64)) -> bool {
    match (plain(vm, 1), plain(vm, to)) {
        (Some(from), Some(to)) if from == to => shift(vm, from, first, target, n),
        _ => false,
    }
}

fn concat(vm: &mut Vm) -> NativeResult {
    let length = checked_length(vm, Need::ReadLength)?;
    // A copy, since a metamethod might change the argument.
    let separator = match vm.opt_str(2)? {
        Some(separator) => separator.bytes().to_vec(),
        None => Vec::new(),
    };
    let mut i = vm.opt_int(3, 1)?;
    let last = vm.opt_int(4, length)?;
    let mut text = vm.take_buffer();
    while i < last {
        add_item(vm, &mut text, i)?;
        vm.append(&mut text, &separator)?;
        i += 1;
    }
    if i == last {
        add_item(vm, &mut text, i)?;
    }
    vm.ret_buffer(text)
}

/// Appends item `i`, which must be a string or a number.
#[inline]
fn add_item(vm: &mut Vm, text: &mut Vec<u8>, i: i64) -> Result<(), Raised> {
    let value = item(vm, 1, i)?;
    match value.tag() {
        Tag::INT | Tag::FLOAT => {
            let number = match value.as_int() {
                Some(int) => Number::Integer(int),
                None => Number::Float(value.float_bits()),
            };
            vm.append(text, NumberBuffer::new().format(number))?;
        }
        _ => match value.as_string() {
            Some(string) => vm.append_string(text, string)?,
            None => {
                let kind = value.tag().lua_type().name();
                let message = format!("invalid value ({kind}) at index {i} in table for 'concat'");
                return Err(vm.error_at_caller(message.as_bytes()));
            }
        },
    }
    vm.charge(1)
}

fn pack(vm: &mut Vm) -> NativeResult {
    let n = vm.n_args();
    let table = vm.heap.new_table_sized(n as u32, 1);
    for i in 1..=n {
        let value = vm.arg(i);
        vm.raw_set_int(table, i as i64, value)?;
    }
    vm.raw_set_name(table, "n", Value::int(n as i64));
    vm.ret(Value::table(table))
}

fn unpack(vm: &mut Vm) -> NativeResult {
    let first = vm.opt_int(2, 1)?;
    let last = if vm.arg(3).is_nil() { vm.length(vm.arg(1))? } else { vm.check_int(3)? };
    if first > last {
        return Ok(NativeRet::Values(0));
    }
    let n = (last as u64).wrapping_sub(first as u64);
    let fits = n < i32::MAX as u64 && {
        let n = n as usize + 1;
        vm.has_room(n) || vm.try_grow_stack(n)
    };
    if !fits {
        return Err(vm.error_at_caller(b"too many results to unpack"));
    }
    vm.charge(n as usize)?;
    if let Some(table) = plain(vm, 1) {
        for i in first..=last {
            vm.push(table.get_int(i));
        }
    } else {
        for i in first..=last {
            let value = item(vm, 1, i)?;
            vm.push(value);
        }
    }
    Ok(NativeRet::Values(n as usize + 1))
}
