//! Lua numbers, stated once: what the lexer reads, what constant folding and the interpreter
//! compute, and what listings and `string.format` print.
//!
//! Everything here agrees with a reference built for 64-bit Linux in the "C" locale: integers of 64
//! bits that wrap around, floats of IEEE double precision, conversions as glibc makes them.
//! Nothing here allocates unless a caller's `Vec` must grow, and nothing panics.

pub mod arith;
pub mod compare;
pub mod convert;
pub mod format;
mod parse;

pub use arith::ArithOp;
#[cfg(feature = "std")]
pub use arith::raw_arith;
pub use parse::parse;

/// A Lua number.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    /// A value of subtype integer.
    Integer(i64),
    /// A value of subtype float.
    Float(f64),
}

/// Numbers are equal here if subtype and bits are, as constants of a chunk are; for Lua's `==` see
/// [`compare::eq`].
impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (*self, *other) {
            (Self::Integer(a), Self::Integer(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a.to_bits() == b.to_bits(),
            _ => false,
        }
    }
}

impl From<i64> for Number {
    #[inline]
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<f64> for Number {
    #[inline]
    fn from(value: f64) -> Self {
        Self::Float(value)
    }
}
