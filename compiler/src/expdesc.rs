//! Delayed expressions (`expdesc`, lparser.h).
//!
//! An expression that has been read need not have been put into a register yet: its code may be
//! finished when it is known where the value is wanted. Next to its own value it may have two lists
//! of jumps that leave it early, made by `and`, `or` and `not`.

use crate::func_state::{NO_JUMP, Pc, Reg};
use crate::strings::StrId;

/// What and where the value of an expression is (`expkind`).
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// No expression: the end of an empty list.
    Void,
    Nil,
    True,
    False,
    /// Constant of that index.
    Constant(u32),
    Float(f64),
    Integer(i64),
    /// String that is not among the constants yet.
    Str(StrId),
    /// In a register that cannot be chosen any more.
    NonReloc(Reg),
    /// Local variable: its register, and its number among the function's active variables.
    Local {
        reg: Reg,
        var: u32,
    },
    Upval(u32),
    /// Variable that is a compile-time constant: its position in the list of all variables.
    CompileTime(u32),
    /// `table[key]`, both registers.
    Indexed {
        table: Reg,
        key: Reg,
    },
    /// `table[key]`, an upvalue and a constant short string.
    IndexUp {
        table: u32,
        key: u32,
    },
    /// `table[key]`, a register and a small integer.
    IndexInt {
        table: Reg,
        key: u32,
    },
    /// `table[key]`, a register and a constant short string.
    IndexStr {
        table: Reg,
        key: u32,
    },
    /// Test: the jump taken if it is true.
    Jump(Pc),
    /// Instruction whose target register is still open.
    Reloc(Pc),
    Call(Pc),
    Vararg(Pc),
}

/// An expression: its value, and where it may be left early.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExpDesc {
    pub(crate) kind: Kind,
    /// List of jumps that leave with a true value.
    pub(crate) when_true: Pc,
    /// List of jumps that leave with a false value.
    pub(crate) when_false: Pc,
}

const _: () = assert!(size_of::<ExpDesc>() == 24);

impl ExpDesc {
    #[inline]
    pub(crate) fn new(kind: Kind) -> Self {
        Self { kind, when_true: NO_JUMP, when_false: NO_JUMP }
    }

    #[inline]
    pub(crate) fn void() -> Self {
        Self::new(Kind::Void)
    }

    #[inline]
    pub(crate) fn has_jumps(&self) -> bool {
        self.when_true != self.when_false
    }

    #[inline]
    pub(crate) fn is_void(&self) -> bool {
        matches!(self.kind, Kind::Void)
    }

    /// Whether it may give any number of values (`hasmultret`).
    #[inline]
    pub(crate) fn is_multiple(&self) -> bool {
        matches!(self.kind, Kind::Call(_) | Kind::Vararg(_))
    }

    /// Whether it can be assigned to, were it not for `<const>` (`vkisvar`).
    pub(crate) fn is_variable(&self) -> bool {
        self.is_indexed()
            || matches!(self.kind, Kind::Local { .. } | Kind::Upval(_) | Kind::CompileTime(_))
    }

    pub(crate) fn is_indexed(&self) -> bool {
        matches!(
            self.kind,
            Kind::Indexed { .. }
                | Kind::IndexUp { .. }
                | Kind::IndexInt { .. }
                | Kind::IndexStr { .. }
        )
    }

    /// Whether it is a number that may be folded or become an operand (`tonumeral`).
    #[inline]
    pub(crate) fn is_numeral(&self) -> bool {
        matches!(self.kind, Kind::Integer(_) | Kind::Float(_)) && !self.has_jumps()
    }
}
