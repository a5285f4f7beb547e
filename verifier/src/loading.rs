//! The rules that the loader keeps: which one bytes break that do not load.

use moonproof_bytecode::LoadErrorKind;

use crate::rules::Rule;

impl Rule {
    /// The rule that a chunk breaks if the loader refuses it so.
    pub fn of_load_error(kind: &LoadErrorKind) -> Self {
        match kind {
            LoadErrorKind::Truncated | LoadErrorKind::IntegerOverflow => Self::H3,
            LoadErrorKind::UnknownConstant { .. } => Self::H4,
            LoadErrorKind::NullString => Self::H5,
            LoadErrorKind::TooDeep => Self::H6,
            _ => Self::H1,
        }
    }
}
