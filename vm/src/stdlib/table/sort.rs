//! `table.sort`: quicksort after Sedgewick, with the reference's choice of pivots.
//!
//! Which pairs are compared, and in what order, is visible to a script's comparison function and
//! decides the result for equal items and for inconsistent orders, so that the algorithm is that of
//! `auxsort` (ltablib.c). Only items whose order leaves nothing to see, numbers without NaN or
//! strings in a table without metatable, are sorted by other means.

use super::{Need, checked_length, item, plain, set_item};
use crate::heap::Gc;
use crate::native::{NativeResult, NativeRet};
use crate::string::Str;
use crate::table::Table;
use crate::value::{LuaType, Tag, Value};
use crate::vm::{Raised, Vm};

/// Intervals larger than this may use random pivots (`RANLIMIT`).
const RANDOM_LIMIT: u32 = 100;

/// Slots behind the two arguments: the pivot and the two items at hand. They are in the stack
/// because comparisons may collect garbage, and read from it because they may also change it.
const PIVOT: usize = 3;
const LEFT: usize = 4;
const RIGHT: usize = 5;

pub(super) fn sort(vm: &mut Vm) -> NativeResult {
    let n = checked_length(vm, Need::ReadWriteLength)?;
    if n > 1 {
        if n >= i64::from(i32::MAX) {
            return Err(vm.arg_error(1, "array too big"));
        }
        let has_order = !vm.arg(2).is_nil();
        if has_order {
            vm.check_type(2, LuaType::Function)?;
        } else if let Some(table) = plain(vm, 1) {
            vm.charge(n as usize * 4)?;
            if sort_uniform(vm, table, n)? {
                return Ok(NativeRet::Values(0));
            }
        }
        vm.set_n_args(RIGHT);
        if has_order {
            vm.within_call(|vm| sort_range::<ByFunction>(vm, 1, n as u32, 0))?;
        } else {
            sort_range::<ByValue>(vm, 1, n as u32, 0)?;
        }
    }
    Ok(NativeRet::Values(0))
}

/// Sorts items that are all integers, floats, or strings; false if they are not.
fn sort_uniform(vm: &mut Vm, table: Gc<Table>, n: i64) -> Result<bool, Raised> {
    let kind = table.get_int(1).tag();
    match kind {
        Tag::INT => {
            let Some(mut items) = collect(vm, table, n, Value::as_int)? else { return Ok(false) };
            items.sort_unstable();
            store(vm, table, items.into_iter().map(Value::int))?;
        }
        Tag::FLOAT => {
            // Zeros are equal whatever their sign, and NaN has no place in any order.
            let ordered = |value: Value| {
                value.as_float().filter(|float| !float.is_nan() && float.to_bits() != 1 << 63)
            };
            let Some(mut items) = collect(vm, table, n, ordered)? else { return Ok(false) };
            items.sort_unstable_by(f64::total_cmp);
            store(vm, table, items.into_iter().map(Value::float))?;
        }
        Tag::SHORT_STR | Tag::LONG_STR => {
            let keyed = |value: Value| value.as_string().map(|string| (prefix(string), string));
            let Some(mut items) = collect(vm, table, n, keyed)? else { return Ok(false) };
            charge_comparisons(vm, items.iter().map(|(_, string)| string.len()))?;
            items.sort_unstable_by(|(a_key, a), (b_key, b)| {
                a_key.cmp(b_key).then_with(|| a.bytes().cmp(b.bytes()))
            });
            store(vm, table, items.into_iter().map(|(_, string)| Value::string(string)))?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Pays for what comparing long strings takes: each is compared about so often as a number of that
/// many bits counts all of them.
fn charge_comparisons(
    vm: &mut Vm,
    lengths: impl ExactSizeIterator<Item = usize>,
) -> Result<(), Raised> {
    let n_comparisons = lengths.len().ilog2() as usize + 1;
    let units = lengths.map(|len| len >> 8).sum::<usize>();
    vm.charge(units.saturating_mul(n_comparisons))
}

/// The first bytes of a string as a number of the same order.
fn prefix(string: Gc<Str>) -> u64 {
    let bytes = string.bytes();
    match bytes.first_chunk() {
        Some(first) => u64::from_be_bytes(*first),
        None => {
            let mut first = [0; 8];
            first[..bytes.len()].copy_from_slice(bytes);
            u64::from_be_bytes(first)
        }
    }
}

/// The first `n` items if all of them are of one kind.
fn collect<T>(
    vm: &mut Vm,
    table: Gc<Table>,
    n: i64,
    kind: impl Fn(Value) -> Option<T>,
) -> Result<Option<Vec<T>>, Raised> {
    let all = || (1..=n).map(|i| kind(table.get_int(i)));
    // A border may be far beyond what is stored.
    if n as usize > table.array_len() as usize && !all().all(|item| item.is_some()) {
        return Ok(None);
    }
    vm.find_memory(n as usize * size_of::<T>())?;
    let mut items = Vec::with_capacity(n as usize);
    for item in all() {
        match item {
            Some(item) => items.push(item),
            None => return Ok(None),
        }
    }
    Ok(Some(items))
}

fn store(vm: &mut Vm, table: Gc<Table>, items: impl Iterator<Item = Value>) -> Result<(), Raised> {
    (1..).zip(items).try_for_each(|(i, value)| vm.raw_set_int(table, i, value))
}

/// An order of values.
trait Order {
    /// Whether `a` is less than `b`; both are also in the stack.
    fn less(vm: &mut Vm, a: Value, b: Value) -> Result<bool, Raised>;
}

/// The order of `<`.
struct ByValue;

impl Order for ByValue {
    #[inline]
    fn less(vm: &mut Vm, a: Value, b: Value) -> Result<bool, Raised> {
        vm.less_than(a, b)
    }
}

/// The order of the function that is the second argument.
struct ByFunction;

impl Order for ByFunction {
    #[inline]
    fn less(vm: &mut Vm, a: Value, b: Value) -> Result<bool, Raised> {
        let function = vm.arg(2);
        vm.push(function);
        vm.push(a);
        vm.push(b);
        vm.call_counted(2)?;
        let first = vm.cur.frame.base.get().add(RIGHT);
        let is_less = first < vm.cur.top && !first.get().is_falsy();
        vm.cur.top = first;
        Ok(is_less)
    }
}

/// Loads item `i` into a slot.
#[inline]
fn load(vm: &mut Vm, slot: usize, i: u32) -> Result<(), Raised> {
    vm.charge(1)?;
    let value = item(vm, 1, i.into())?;
    vm.set_arg(slot, value);
    Ok(())
}

#[inline]
fn less<O: Order>(vm: &mut Vm, a: usize, b: usize) -> Result<bool, Raised> {
    O::less(vm, vm.arg(a), vm.arg(b))
}

/// Sets two items from slots (`set2`).
fn set_two(vm: &mut Vm, (i, a): (u32, usize), (j, b): (u32, usize)) -> Result<(), Raised> {
    let value = vm.arg(a);
    set_item(vm, 1, i.into(), value)?;
    let value = vm.arg(b);
    set_item(vm, 1, j.into(), value)
}

/// Sorts the items `low..=up` (`auxsort`). Recursion is into the smaller half only.
fn sort_range<O: Order>(
    vm: &mut Vm,
    mut low: u32,
    mut up: u32,
    mut random: u32,
) -> Result<(), Raised> {
    while low < up {
        load(vm, LEFT, low)?;
        load(vm, RIGHT, up)?;
        if less::<O>(vm, RIGHT, LEFT)? {
            set_two(vm, (low, RIGHT), (up, LEFT))?;
        }
        if up - low == 1 {
            return Ok(());
        }
        let middle = if up - low < RANDOM_LIMIT || random == 0 {
            low.midpoint(up)
        } else {
            choose_pivot(low, up, random)
        };
        load(vm, PIVOT, middle)?;
        load(vm, LEFT, low)?;
        if less::<O>(vm, PIVOT, LEFT)? {
            set_two(vm, (middle, LEFT), (low, PIVOT))?;
        } else {
            load(vm, RIGHT, up)?;
            if less::<O>(vm, RIGHT, PIVOT)? {
                set_two(vm, (middle, RIGHT), (up, PIVOT))?;
            }
        }
        if up - low == 2 {
            return Ok(());
        }
        load(vm, PIVOT, middle)?;
        load(vm, RIGHT, up - 1)?;
        set_two(vm, (middle, RIGHT), (up - 1, PIVOT))?;
        let split = partition::<O>(vm, low, up)?;
        let smaller = if split - low < up - split {
            sort_range::<O>(vm, low, split - 1, random)?;
            let smaller = split - low;
            low = split + 1;
            smaller
        } else {
            sort_range::<O>(vm, split + 1, up, random)?;
            let smaller = up - split;
            up = split - 1;
            smaller
        };
        if up.wrapping_sub(low) / 128 > smaller {
            // Too imbalanced: from here on pivots are taken at random.
            random = vm.heap.strings.seed as u32 ^ low.wrapping_mul(0x9E37_79B9) ^ up;
        }
    }
    Ok(())
}

/// An item in the second or third quarter.
fn choose_pivot(low: u32, up: u32, random: u32) -> u32 {
    let quarter = (up - low) / 4;
    random % (quarter * 2) + (low + quarter)
}

/// Splits `low..=up` around the pivot, which is also at `up - 1`; returns where it comes to stand.
fn partition<O: Order>(vm: &mut Vm, low: u32, up: u32) -> Result<u32, Raised> {
    let mut i = low;
    let mut j = up - 1;
    loop {
        loop {
            i += 1;
            load(vm, LEFT, i)?;
            if !less::<O>(vm, LEFT, PIVOT)? {
                break;
            }
            if i == up - 1 {
                return Err(invalid_order(vm));
            }
        }
        loop {
            j -= 1;
            load(vm, RIGHT, j)?;
            if !less::<O>(vm, PIVOT, RIGHT)? {
                break;
            }
            if j < i {
                return Err(invalid_order(vm));
            }
        }
        if j < i {
            set_two(vm, (up - 1, LEFT), (i, PIVOT))?;
            return Ok(i);
        }
        set_two(vm, (i, RIGHT), (j, LEFT))?;
    }
}

#[cold]
fn invalid_order(vm: &mut Vm) -> Raised {
    vm.error_at_caller(b"invalid order function for sorting")
}
