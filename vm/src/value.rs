//! Values: a tag and eight bytes.
//!
//! A value is a plain pair rather than a Rust `enum`, so that any tag is representable, a handler
//! can test two tags at once, and a value travels in two registers. The payload of a collectable
//! value is the address of its heap object ([G2] in `heap`); only typed constructors write one.

use crate::closure::{Closure, NativeClosure, NativeFn};
use crate::heap::Gc;
use crate::string::Str;
use crate::table::Table;
use crate::thread::Thread;
use crate::userdata::Userdata;
use moonproof_bytecode::number::Number;

/// The type of a value, finer than Lua's own types: one tag for each representation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(transparent)]
pub(crate) struct Tag(pub(crate) u8);

impl Tag {
    /// `nil`, and the content of an empty table slot.
    pub(crate) const NIL: Self = Self(0);
    pub(crate) const FALSE: Self = Self(1);
    pub(crate) const TRUE: Self = Self(2);
    pub(crate) const INT: Self = Self(3);
    pub(crate) const FLOAT: Self = Self(4);
    /// Light userdata: a host's number that Lua only compares.
    pub(crate) const LIGHT: Self = Self(5);
    /// A native function without upvalues: the address of a static [`NativeFn`].
    pub(crate) const NATIVE: Self = Self(6);
    /// First tag of the heap objects.
    pub(crate) const SHORT_STR: Self = Self(0x40);
    pub(crate) const LONG_STR: Self = Self(0x41);
    pub(crate) const TABLE: Self = Self(0x42);
    pub(crate) const CLOSURE: Self = Self(0x43);
    pub(crate) const NATIVE_CLOSURE: Self = Self(0x44);
    pub(crate) const USERDATA: Self = Self(0x45);
    pub(crate) const THREAD: Self = Self(0x46);
    /// Heap objects that are not values.
    pub(crate) const UPVAL: Self = Self(0x47);
    pub(crate) const PROTO: Self = Self(0x48);
    /// In a table node only: a removed key, kept so that a traversal can go on from it.
    pub(crate) const DEAD_KEY: Self = Self(0x3F);

    #[inline(always)]
    pub(crate) const fn is_collectable(self) -> bool {
        self.0 >= Self::SHORT_STR.0
    }

    #[inline(always)]
    pub(crate) const fn is_falsy(self) -> bool {
        self.0 <= Self::FALSE.0
    }

    #[inline(always)]
    pub(crate) const fn is_string(self) -> bool {
        self.0 | 1 == Self::LONG_STR.0
    }

    #[inline(always)]
    pub(crate) const fn is_number(self) -> bool {
        self.0 == Self::INT.0 || self.0 == Self::FLOAT.0
    }

    #[inline(always)]
    pub(crate) const fn is_function(self) -> bool {
        matches!(self, Self::NATIVE | Self::CLOSURE | Self::NATIVE_CLOSURE)
    }

    /// Lua's type of the value.
    pub(crate) const fn lua_type(self) -> LuaType {
        match self {
            Self::NIL => LuaType::Nil,
            Self::FALSE | Self::TRUE => LuaType::Boolean,
            Self::INT | Self::FLOAT => LuaType::Number,
            Self::SHORT_STR | Self::LONG_STR => LuaType::String,
            Self::TABLE => LuaType::Table,
            Self::NATIVE | Self::CLOSURE | Self::NATIVE_CLOSURE => LuaType::Function,
            Self::USERDATA => LuaType::Userdata,
            Self::LIGHT => LuaType::LightUserdata,
            _ => LuaType::Thread,
        }
    }
}

/// The types of the language (manual section 2.1), with light userdata apart since its metatable is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum LuaType {
    Nil,
    Boolean,
    LightUserdata,
    Number,
    String,
    Table,
    Function,
    Userdata,
    Thread,
}

/// Number of variants of [`LuaType`].
pub(crate) const N_LUA_TYPES: usize = 9;

impl LuaType {
    /// The name that `type` returns.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Nil => "nil",
            Self::Boolean => "boolean",
            Self::LightUserdata | Self::Userdata => "userdata",
            Self::Number => "number",
            Self::String => "string",
            Self::Table => "table",
            Self::Function => "function",
            Self::Thread => "thread",
        }
    }
}

/// A Lua value.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Value {
    payload: u64,
    tag: Tag,
}

const _: () = assert!(size_of::<Value>() == 16);

impl Value {
    pub(crate) const NIL: Self = Self { payload: 0, tag: Tag::NIL };

    /// Whether zeros in memory are that value.
    pub(crate) const fn is_all_zeros(self) -> bool {
        self.payload == 0 && self.tag.0 == 0
    }

    /// Puts a value together from its parts, as read from a slot that holds one ([G2]).
    #[inline(always)]
    pub(crate) const fn from_parts(tag: Tag, payload: u64) -> Self {
        Self { payload, tag }
    }

    #[inline(always)]
    pub(crate) const fn bool(b: bool) -> Self {
        Self { payload: 0, tag: Tag(Tag::FALSE.0 + b as u8) }
    }

    #[inline(always)]
    pub(crate) const fn int(i: i64) -> Self {
        Self { payload: i as u64, tag: Tag::INT }
    }

    #[inline(always)]
    pub(crate) const fn float(f: f64) -> Self {
        Self { payload: f.to_bits(), tag: Tag::FLOAT }
    }

    pub(crate) const fn light(word: u64) -> Self {
        Self { payload: word, tag: Tag::LIGHT }
    }

    pub(crate) fn native(f: &'static NativeFn) -> Self {
        Self { payload: std::ptr::from_ref(f).expose_provenance() as u64, tag: Tag::NATIVE }
    }

    #[inline(always)]
    pub(crate) fn string(s: Gc<Str>) -> Self {
        Self { payload: s.addr(), tag: s.tag() }
    }

    #[inline(always)]
    pub(crate) fn table(t: Gc<Table>) -> Self {
        Self { payload: t.addr(), tag: Tag::TABLE }
    }

    #[inline(always)]
    pub(crate) fn closure(c: Gc<Closure>) -> Self {
        Self { payload: c.addr(), tag: Tag::CLOSURE }
    }

    pub(crate) fn native_closure(c: Gc<NativeClosure>) -> Self {
        Self { payload: c.addr(), tag: Tag::NATIVE_CLOSURE }
    }

    pub(crate) fn userdata(u: Gc<Userdata>) -> Self {
        Self { payload: u.addr(), tag: Tag::USERDATA }
    }

    pub(crate) fn thread(t: Gc<Thread>) -> Self {
        Self { payload: t.addr(), tag: Tag::THREAD }
    }

    #[inline(always)]
    pub(crate) const fn tag(self) -> Tag {
        self.tag
    }

    #[inline(always)]
    pub(crate) const fn payload(self) -> u64 {
        self.payload
    }

    #[inline(always)]
    pub(crate) const fn is_nil(self) -> bool {
        self.tag.0 == Tag::NIL.0
    }

    #[inline(always)]
    pub(crate) const fn is_falsy(self) -> bool {
        self.tag.is_falsy()
    }

    #[inline(always)]
    pub(crate) const fn is_int(self) -> bool {
        self.tag.0 == Tag::INT.0
    }

    #[inline(always)]
    pub(crate) const fn is_float(self) -> bool {
        self.tag.0 == Tag::FLOAT.0
    }

    /// The payload as an integer; meaningful only for an integer.
    #[inline(always)]
    pub(crate) const fn int_bits(self) -> i64 {
        self.payload as i64
    }

    /// The payload as a float; meaningful only for a float.
    #[inline(always)]
    pub(crate) const fn float_bits(self) -> f64 {
        f64::from_bits(self.payload)
    }

    #[inline(always)]
    pub(crate) const fn as_int(self) -> Option<i64> {
        if self.is_int() { Some(self.int_bits()) } else { None }
    }

    #[inline(always)]
    pub(crate) const fn as_float(self) -> Option<f64> {
        if self.is_float() { Some(self.float_bits()) } else { None }
    }

    #[inline(always)]
    pub(crate) const fn as_number(self) -> Option<Number> {
        match self.tag {
            Tag::INT => Some(Number::Integer(self.int_bits())),
            Tag::FLOAT => Some(Number::Float(self.float_bits())),
            _ => None,
        }
    }

    /// A number as a float, without conversion of strings.
    #[inline(always)]
    pub(crate) const fn to_float(self) -> Option<f64> {
        match self.tag {
            Tag::FLOAT => Some(self.float_bits()),
            Tag::INT => Some(self.int_bits() as f64),
            _ => None,
        }
    }

    #[inline(always)]
    pub(crate) fn as_string(self) -> Option<Gc<Str>> {
        if self.tag.is_string() { Some(Gc::from_addr(self.payload)) } else { None }
    }

    #[inline(always)]
    pub(crate) fn as_table(self) -> Option<Gc<Table>> {
        if self.tag == Tag::TABLE { Some(Gc::from_addr(self.payload)) } else { None }
    }

    #[inline(always)]
    pub(crate) fn as_closure(self) -> Option<Gc<Closure>> {
        if self.tag == Tag::CLOSURE { Some(Gc::from_addr(self.payload)) } else { None }
    }

    #[inline(always)]
    pub(crate) fn as_native_closure(self) -> Option<Gc<NativeClosure>> {
        if self.tag == Tag::NATIVE_CLOSURE { Some(Gc::from_addr(self.payload)) } else { None }
    }

    #[inline(always)]
    pub(crate) fn as_userdata(self) -> Option<Gc<Userdata>> {
        if self.tag == Tag::USERDATA { Some(Gc::from_addr(self.payload)) } else { None }
    }

    #[inline(always)]
    pub(crate) fn as_thread(self) -> Option<Gc<Thread>> {
        if self.tag == Tag::THREAD { Some(Gc::from_addr(self.payload)) } else { None }
    }

    /// The native function behind a light native or a native closure.
    #[inline(always)]
    pub(crate) fn as_native(self) -> Option<&'static NativeFn> {
        match self.tag {
            Tag::NATIVE => Some(crate::heap::static_native(self.payload)),
            Tag::NATIVE_CLOSURE => self.as_native_closure().map(|c| c.def()),
            _ => None,
        }
    }

    /// Equality without metamethods (`luaV_rawequalobj`).
    #[inline]
    pub(crate) fn raw_equals(self, other: Self) -> bool {
        if self.tag == other.tag {
            match self.tag {
                Tag::FLOAT => self.float_bits() == other.float_bits(),
                Tag::LONG_STR => {
                    self.payload == other.payload
                        || Gc::<Str>::from_addr(self.payload).bytes()
                            == Gc::<Str>::from_addr(other.payload).bytes()
                }
                Tag::NIL | Tag::FALSE | Tag::TRUE => true,
                _ => self.payload == other.payload,
            }
        } else {
            match (self.tag, other.tag) {
                (Tag::INT, Tag::FLOAT) => int_equals_float(self.int_bits(), other.float_bits()),
                (Tag::FLOAT, Tag::INT) => int_equals_float(other.int_bits(), self.float_bits()),
                _ => false,
            }
        }
    }

    /// Whether both are the same value, by identity: tags and payloads are equal.
    #[inline(always)]
    pub(crate) fn is_identical(self, other: Self) -> bool {
        self.tag == other.tag && self.payload == other.payload
    }
}

/// An integer equals a float if the float has exactly its value.
fn int_equals_float(i: i64, f: f64) -> bool {
    // 2^63 is a float and no integer; every float in [-2^63, 2^63) with no fraction is one.
    (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&f)
        && f as i64 == i
        && (f as i64) as f64 == f
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.tag {
            Tag::INT => write!(f, "{}", self.int_bits()),
            Tag::FLOAT => write!(f, "{:?}", self.float_bits()),
            Tag::SHORT_STR | Tag::LONG_STR => {
                let s: Gc<Str> = Gc::from_addr(self.payload);
                write!(f, "\"{}\"", s.bytes().escape_ascii())
            }
            tag => write!(f, "{}:{:#x}", tag.lua_type().name(), self.payload),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixed_equality_is_exact() {
        let two53 = 9_007_199_254_740_992_i64;
        for (i, f, equal) in [
            (1, 1.0, true),
            (1, 1.5, false),
            (two53 + 1, two53 as f64, false),
            (i64::MAX, 9_223_372_036_854_775_808.0, false),
            (i64::MIN, -9_223_372_036_854_775_808.0, true),
            (0, -0.0, true),
            (0, f64::NAN, false),
        ] {
            assert_eq!(Value::int(i).raw_equals(Value::float(f)), equal, "{i} {f}");
            assert_eq!(Value::float(f).raw_equals(Value::int(i)), equal, "{f} {i}");
        }
        assert!(!Value::float(f64::NAN).raw_equals(Value::float(f64::NAN)));
    }
}
