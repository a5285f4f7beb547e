//! Code, constants and registers as the interpreter reaches them: without bounds checks.
//!
//! Every access here rests on a rule of the verifier, named at the access. With the feature
//! `checked` the same accesses assert what the rule promises.

use crate::closure::Closure;
use crate::heap::Gc;
use crate::stack::Slot;
use crate::value::{Tag, Value};

/// An instruction in its executed form: `op:8 | k:8 | A:16 | B:16 | C:16`, or a signed 32-bit number
/// in place of B and C. Registers and constants are byte offsets; jumps are in bytes, too.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Insn(u64);

impl Insn {
    pub(super) const fn new(op: u8, k: bool, a: u16, b: u16, c: u16) -> Self {
        Self(op as u64 | (k as u64) << 8 | (a as u64) << 16 | (b as u64) << 32 | (c as u64) << 48)
    }

    pub(super) const fn new_wide(op: u8, k: bool, a: u16, wide: i32) -> Self {
        Self(op as u64 | (k as u64) << 8 | (a as u64) << 16 | (wide as u32 as u64) << 32)
    }

    #[inline(always)]
    pub(crate) const fn op(self) -> u8 {
        self.0 as u8
    }

    #[inline(always)]
    pub(crate) const fn k(self) -> bool {
        (self.0 >> 8) as u8 != 0
    }

    #[inline(always)]
    pub(crate) const fn a(self) -> usize {
        (self.0 >> 16) as u16 as usize
    }

    #[inline(always)]
    pub(crate) const fn b(self) -> usize {
        (self.0 >> 32) as u16 as usize
    }

    #[inline(always)]
    pub(crate) const fn c(self) -> usize {
        (self.0 >> 48) as usize
    }

    /// B as a signed number.
    #[inline(always)]
    pub(crate) const fn sb(self) -> i64 {
        (self.0 >> 32) as i16 as i64
    }

    /// C as a signed number.
    #[inline(always)]
    pub(crate) const fn sc(self) -> i64 {
        (self.0 as i64) >> 48
    }

    /// The number in place of B and C.
    #[inline(always)]
    pub(crate) const fn wide(self) -> i32 {
        (self.0 >> 32) as i32
    }
}

/// Bytes that a register or constant operand counts by.
pub(crate) const SLOT_BYTES: usize = size_of::<Value>();

/// A function's code in its executed form.
pub(crate) struct Code(Box<[Insn]>);

impl Code {
    pub(super) fn new(words: Vec<Insn>) -> Self {
        Self(words.into_boxed_slice())
    }

    pub(crate) fn entry(&self) -> Pc {
        Pc(self.0.as_ptr())
    }
}

/// A place in code: the next instruction.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct Pc(*const Insn);

impl Pc {
    pub(crate) const NULL: Self = Self(std::ptr::null());

    #[inline(always)]
    pub(crate) fn is_null(self) -> bool {
        self.0.is_null()
    }

    #[inline(always)]
    pub(crate) fn fetch(self) -> Insn {
        // SAFETY: [S7] every jump target is an instruction, and [F2] the last one is a return, so
        // that the next one exists.
        unsafe { *self.0 }
    }

    /// The instruction that was fetched last.
    #[inline(always)]
    pub(crate) fn current(self) -> Insn {
        // SAFETY: [S7] the place is behind an instruction that is being executed.
        unsafe { *self.0.sub(1) }
    }

    /// The instruction before that one.
    #[inline(always)]
    pub(crate) fn previous(self) -> Insn {
        // SAFETY: [S8] MMBIN and its like never come first, so that two stand before this place.
        unsafe { *self.0.sub(2) }
    }

    #[inline(always)]
    pub(crate) fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }

    #[inline(always)]
    pub(crate) fn back(self) -> Self {
        Self(self.0.wrapping_sub(1))
    }

    /// Skips as the jump `wide` of an instruction says.
    #[inline(always)]
    pub(crate) fn jump(self, wide: i32) -> Self {
        Self(self.0.wrapping_byte_offset(wide as isize))
    }

    pub(crate) fn index_from(self, entry: Self) -> usize {
        (self.0.addr() - entry.0.addr()) / size_of::<Insn>()
    }
}

/// A constant: a value, and the hash if it is a short string.
#[repr(C)]
#[derive(Clone, Copy)]
struct ConstSlot {
    payload: u64,
    tag: Tag,
    hash: u32,
}

const _: () = assert!(size_of::<ConstSlot>() == SLOT_BYTES);

/// Slots before the first constant: with the feature `checked` one that holds their number.
const N_BEFORE: usize = cfg!(feature = "checked") as usize;

/// The constants of a function in one VM.
pub(crate) struct ConstTable(Box<[ConstSlot]>);

impl ConstTable {
    pub(crate) fn new(values: impl ExactSizeIterator<Item = Value>) -> Self {
        let n = Value::int(values.len() as i64);
        Self(
            std::iter::repeat_n(n, N_BEFORE)
                .chain(values)
                .map(|value| ConstSlot {
                    payload: value.payload(),
                    tag: value.tag(),
                    hash: match value.as_string() {
                        Some(string) if string.is_short() => string.short_hash(),
                        _ => 0,
                    },
                })
                .collect(),
        )
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len() - N_BEFORE
    }

    pub(crate) fn consts(&self) -> Consts {
        Consts(self.0[N_BEFORE..].as_ptr())
    }

    pub(crate) fn for_each(&self, visit: &mut impl FnMut(Value)) {
        self.0[N_BEFORE..].iter().for_each(|slot| visit(Value::from_parts(slot.tag, slot.payload)));
    }
}

/// The running function's constants.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct Consts(*const ConstSlot);

impl Consts {
    pub(crate) const NULL: Self = Self(std::ptr::null());

    #[inline(always)]
    fn slot(self, offset: usize) -> ConstSlot {
        // SAFETY: [S3] as in `place`.
        unsafe { *self.place(offset).0 }
    }

    #[inline(always)]
    pub(crate) fn value(self, offset: usize) -> Value {
        let slot = self.slot(offset);
        Value::from_parts(slot.tag, slot.payload)
    }

    /// A constant as a place, so that handlers treat it as they do a register.
    #[inline(always)]
    pub(crate) fn place(self, offset: usize) -> ConstPlace {
        #[cfg(feature = "checked")]
        {
            // SAFETY: [S3] the table begins with the number of constants.
            let n = unsafe { (*self.0.sub(N_BEFORE)).payload as usize };
            assert!(offset / SLOT_BYTES < n, "constant {} of {n}", offset / SLOT_BYTES);
        }
        // SAFETY: [S3] constant operands are below the number of constants.
        ConstPlace(unsafe { self.0.byte_add(offset) })
    }

    /// Address and hash of a constant that is a short string ([S4]).
    #[inline(always)]
    pub(crate) fn name(self, offset: usize) -> (u64, u32) {
        let slot = self.slot(offset);
        (slot.payload, slot.hash)
    }

    /// A register, or a constant if `k` is set.
    #[inline(always)]
    pub(crate) fn or_register(self, k: bool, base: Slot, offset: usize) -> Value {
        if k { self.value(offset) } else { base.reg(offset).get() }
    }
}

/// The function that runs with that base.
#[inline(always)]
pub(super) fn running(base: Slot) -> Gc<Closure> {
    debug_assert!(base.sub(1).tag() == Tag::CLOSURE);
    // [G10] the slot below a Lua function's base holds its closure.
    Gc::from_addr(base.sub(1).payload())
}

/// One constant.
#[derive(Clone, Copy)]
pub(crate) struct ConstPlace(*const ConstSlot);

/// A register or a constant as an operand.
pub(crate) trait Place: Copy {
    fn tag(self) -> Tag;
    fn payload(self) -> u64;

    #[inline(always)]
    fn int(self) -> i64 {
        self.payload() as i64
    }

    #[inline(always)]
    fn float(self) -> f64 {
        f64::from_bits(self.payload())
    }

    #[inline(always)]
    fn get(self) -> Value {
        Value::from_parts(self.tag(), self.payload())
    }
}

impl Place for Slot {
    #[inline(always)]
    fn tag(self) -> Tag {
        Slot::tag(self)
    }

    #[inline(always)]
    fn payload(self) -> u64 {
        Slot::payload(self)
    }
}

impl Place for ConstPlace {
    #[inline(always)]
    fn tag(self) -> Tag {
        // SAFETY: [S3] made by `Consts::place`.
        unsafe { (*self.0).tag }
    }

    #[inline(always)]
    fn payload(self) -> u64 {
        // SAFETY: [S3] made by `Consts::place`.
        unsafe { (*self.0).payload }
    }
}
