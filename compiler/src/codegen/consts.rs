//! The constants of a function.
//!
//! Quirk: which constants are shared follows from one cache for the whole compilation, which maps
//! a key to the index where *some* function last put a constant with that key. The index is used
//! if the current function has that very constant there; if not, the constant is added, even if the
//! function has it elsewhere, and the cache forgets the other place. A map per function would give
//! other bytes.

use moonproof_bytecode::instruction::MAX_AX;
use moonproof_bytecode::number::convert::float_to_integer;

use crate::error::R;
use crate::func_state::{FuncState, Value};
use crate::parser::Parser;
use crate::strings::{NONE, StrId, fold};

/// Constants a function may have (`MAXARG_Ax`).
const MAX_CONSTANTS: usize = MAX_AX as usize;

/// The cache for all constants but strings, which keep theirs in their own
/// [`Entry`](crate::strings::Entry).
pub(crate) struct ConstCache {
    key: u64,
    slots: Vec<Slot>,
    n_used: usize,
    singles: [u32; 3],
}

/// A number's slot of the cache.
#[derive(Clone, Copy)]
struct Slot {
    bits: u64,
    sort: Sort,
    constant: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Free,
    Integer,
    Float,
}

const FREE: Slot = Slot { bits: 0, sort: Sort::Free, constant: NONE };

impl ConstCache {
    pub(crate) fn new(key: u64) -> Self {
        Self { key, slots: Vec::new(), n_used: 0, singles: [NONE; 3] }
    }

    /// Bytes that it takes.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&self.slots[..])
    }

    /// Slot of an integer key.
    fn integer(&mut self, key: i64) -> &mut u32 {
        self.slot(Sort::Integer, key as u64)
    }

    /// Slot of a float key. As in any Lua table, a float with an integral value is that integer.
    fn float(&mut self, key: f64) -> &mut u32 {
        match float_to_integer(key) {
            Some(integer) => self.integer(integer),
            None => self.slot(Sort::Float, key.to_bits()),
        }
    }

    fn slot(&mut self, sort: Sort, bits: u64) -> &mut u32 {
        if self.n_used * 2 >= self.slots.len() {
            self.grow();
        }
        let at = self.find(sort, bits);
        let slot = &mut self.slots[at];
        if slot.sort == Sort::Free {
            *slot = Slot { bits, sort, constant: NONE };
            self.n_used += 1;
        }
        &mut slot.constant
    }

    /// Where a key is, or the free slot where it belongs.
    fn find(&self, sort: Sort, bits: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = fold(bits ^ self.key, self.key.rotate_left(32) | 1) as usize & mask;
        loop {
            let slot = &self.slots[at];
            if slot.sort == Sort::Free || (slot.sort == sort && slot.bits == bits) {
                return at;
            }
            at = (at + 1) & mask;
        }
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 4).max(16);
        let old = std::mem::replace(&mut self.slots, vec![FREE; size]);
        for slot in old.into_iter().filter(|slot| slot.sort != Sort::Free) {
            let at = self.find(slot.sort, slot.bits);
            self.slots[at] = slot;
        }
    }
}

/// The index that the cache knows, if it holds for this function, or else that of the constant
/// added; `None` if there is no room for it. Mirrors `addk`.
#[inline]
fn add(fs: &mut FuncState, cached: &mut u32, value: Value) -> Option<u32> {
    if let Some(there) = fs.constants.get(*cached as usize)
        && there.is_same_constant(value)
    {
        return Some(*cached);
    }
    if fs.constants.len() >= MAX_CONSTANTS {
        return None;
    }
    let constant = fs.constants.len() as u32;
    *cached = constant;
    fs.constants.push(value);
    Some(constant)
}

impl Parser<'_> {
    fn or_too_many(&self, constant: Option<u32>) -> R<u32> {
        constant.ok_or_else(|| self.too_many("constants", MAX_CONSTANTS))
    }

    /// Mirrors `stringK`.
    #[inline]
    pub(crate) fn string_constant(&mut self, string: StrId) -> R<u32> {
        let cached = &mut self.lex.strings.entry(string).constant;
        let constant = add(&mut self.fs, cached, Value::Str(string));
        self.or_too_many(constant)
    }

    /// Mirrors `luaK_intK`.
    pub(crate) fn integer_constant(&mut self, value: i64) -> R<u32> {
        let constant = add(&mut self.fs, self.consts.integer(value), Value::Integer(value));
        self.or_too_many(constant)
    }

    /// Mirrors `luaK_numberK`.
    ///
    /// Quirk: a float with an integral value is looked up under that value plus its last bit's
    /// worth, so as not to meet the integer. The key may be that of another constant all the same,
    /// and then they push each other out of the cache.
    pub(crate) fn float_constant(&mut self, value: f64) -> R<u32> {
        let key = match float_to_integer(value) {
            None => value,
            Some(0) => f64::EPSILON,
            Some(_) => value + value * f64::EPSILON,
        };
        let constant = add(&mut self.fs, self.consts.float(key), Value::Float(value));
        self.or_too_many(constant)
    }

    /// Mirrors `nilK`.
    pub(crate) fn nil_constant(&mut self) -> R<u32> {
        let constant = add(&mut self.fs, &mut self.consts.singles[0], Value::Nil);
        self.or_too_many(constant)
    }

    /// Mirrors `boolF` and `boolT`.
    pub(crate) fn bool_constant(&mut self, value: bool) -> R<u32> {
        let cached = &mut self.consts.singles[1 + usize::from(value)];
        let constant = add(&mut self.fs, cached, Value::Bool(value));
        self.or_too_many(constant)
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check_constants;

    /// Quirk: an inner function that puts a constant elsewhere makes the outer one add it again.
    #[test]
    fn the_cache_is_shared_between_functions() {
        check_constants(&[
            ("x = 'k'; function f() return 'a', 'k' end; y = 'k'", "'x' 'k' 'f' 'y'"),
            ("x = 'k'; function f() return 'k' end; y = 'k'", "'x' 'k' 'f' 'y' 'k'"),
            ("local function f() return 'b', 'a' end; return 'a', 'b', 'a'", "'a' 'b'"),
            ("return 300000, function() return 1e300, 300000 end, 300000", "300000 300000"),
        ]);
    }

    #[test]
    fn floats_are_told_from_integers() {
        check_constants(&[
            ("return 300000, 300000.0, 300000, 300000.0", "300000 300000.0"),
            ("return 0.5, 0.5, 1e300, 1e300", "0.5 1e300"),
            (
                "local a; return a == nil, a == true, a == false, a == nil, a == true",
                "nil true false",
            ),
            ("return 2^53, 9007199254740992, 2^53", "9007199254740992.0 9007199254740992"),
        ]);
    }

    /// Quirk: the key of `2^53` is the integer `2^53 + 2`, and that of 0.0 is `2^-52`.
    #[test]
    fn keys_of_large_floats_collide() {
        check_constants(&[
            (
                "return 2^53, 9007199254740994, 2^53",
                "9007199254740992.0 9007199254740994 9007199254740992.0",
            ),
            ("local a = ...; return a + 0.0, 0x1p-52, a + 0.0", "0.0 2.220446049250313e-16 0.0"),
            (
                "local a = ...; return 0x1p-52, a + 0.0, 0x1p-52",
                "2.220446049250313e-16 0.0 2.220446049250313e-16",
            ),
        ]);
    }
}
