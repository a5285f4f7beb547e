//! Pass 2: each word by itself, reachable or not.
//!
//! Every operand is checked for the role that the opcode table gives it. For each function the
//! pass makes one table that says, of each value an 8-bit field can have, what it may be used as;
//! checking an operand is then one load and one mask. A wide operand has one bound, as has the
//! last register that the word touches. Hardly any of it takes a branch.

use alloc::format;
use alloc::string::String;
use alloc::string::ToString;

use moonproof_bytecode::limits::MAX_SHORT_LEN;
use moonproof_bytecode::opcode::Role;
use moonproof_bytecode::{Constant, Instruction, Proto};

use crate::diagnostic::{Gatherer, Pass, Place};
use crate::rules::Rule;
use crate::table::{N_WIDE, Row, Wide, class, row};

/// The arithmetic and bitwise metamethod events, `TM_ADD` to `TM_SHR` (ltm.h). The compiler names
/// no other, though the reference needs only that there is such an event.
pub(crate) const EVENTS: core::ops::RangeInclusive<u8> = 6..=17;
/// Greatest hash size that a table of the reference can have, as NEWTABLE states it.
pub(crate) const MAX_HASH_SIZE: u8 = 31;

/// What operands of one function's words may be.
pub(crate) struct Operands {
    /// Classes of each 8-bit value.
    classes: [u16; 256],
    /// By [`Wide`]: what a wide operand must be below.
    wide_bounds: [u32; N_WIDE],
    max_stack: u32,
}

impl Operands {
    pub(crate) fn new(proto: &Proto) -> Self {
        let mut classes = BASE;
        let max_stack = usize::from(proto.max_stack);
        add(&mut classes, max_stack, class::REGISTER);
        add(&mut classes, max_stack.saturating_add(1), class::LIMIT);
        add(&mut classes, proto.upvalues.len(), class::UPVALUE);
        for (classes, constant) in classes.iter_mut().zip(&proto.constants) {
            *classes |= class_of(constant);
        }
        let is_vararg = proto.is_vararg != 0;
        let n_params = usize::from(proto.n_params);
        // In a vararg function of 255 parameters no return could state its shift.
        let shift = if is_vararg { n_params.saturating_add(1) } else { 0 };
        for (value, class) in [(n_params, class::N_PARAMS), (shift, class::SHIFT)] {
            if let Some(classes) = classes.get_mut(value) {
                *classes |= class;
            }
        }
        let mut wide_bounds = [u32::MAX; N_WIDE];
        for (kind, len) in [
            (Wide::Constant, proto.constants.len()),
            (Wide::Proto, proto.protos.len()),
            (Wide::OnlyVararg, if is_vararg { usize::MAX } else { 0 }),
            (Wide::OnlyFixed, if is_vararg { 0 } else { usize::MAX }),
            (Wide::Nothing, 0),
        ] {
            if let Some(bound) = wide_bounds.get_mut(kind as usize) {
                *bound = u32::try_from(len).unwrap_or(u32::MAX);
            }
        }
        Self { classes, wide_bounds, max_stack: max_stack as u32 }
    }

    #[inline]
    fn has(&self, value: u32, class: u16) -> bool {
        // The value comes from an 8-bit field, so that the check for 256 goes away.
        self.classes.get(value as usize & 0xFF).is_some_and(|classes| classes & class != 0)
    }

    #[inline]
    fn wide_bound(&self, kind: Wide) -> u32 {
        self.wide_bounds.get(kind as usize).copied().unwrap_or(0)
    }
}

/// Classes that values have in every function.
static BASE: [u16; 256] = {
    let mut classes = [class::ANY; 256];
    let mut value = 0_u8;
    loop {
        #[expect(clippy::indexing_slicing, reason = "evaluated at compile time")]
        let entry = &mut classes[value as usize];
        if *EVENTS.start() <= value && value <= *EVENTS.end() {
            *entry |= class::EVENT;
        }
        if value <= MAX_HASH_SIZE {
            *entry |= class::HASH_SIZE;
        }
        if value >= 1 {
            *entry |= class::ONE_UP;
        }
        if value >= 2 {
            *entry |= class::TWO_UP;
        }
        let Some(next) = value.checked_add(1) else { break };
        value = next;
    }
    classes
};

fn add(classes: &mut [u16; 256], below: usize, class: u16) {
    for classes in classes.iter_mut().take(below) {
        *classes |= class;
    }
}

/// Most constants are strings; asking for them first spares a jump that is hard to predict.
fn class_of(constant: &Constant) -> u16 {
    const STRING: u16 = class::CONSTANT | class::STRING;
    if let Constant::String(s) = constant {
        return if s.len() <= MAX_SHORT_LEN { STRING | class::FIELD } else { STRING };
    }
    match constant {
        Constant::Integer(_) => class::CONSTANT | class::NUMBER | class::INTEGER,
        Constant::Float(_) => class::CONSTANT | class::NUMBER,
        Constant::Nil | Constant::Bool(_) | Constant::String(_) => class::CONSTANT,
    }
}

/// Checks one word.
#[inline]
pub(crate) fn check(
    operands: &Operands,
    proto: &Proto,
    pc: usize,
    (word, row): (Instruction, &Row),
    out: &mut Gatherer,
) {
    if !is_fine(operands, word, row) {
        explain(operands, proto, pc, word, out);
    }
}

#[inline]
fn is_fine(operands: &Operands, word: Instruction, row: &Row) -> bool {
    let [c_register, c_constant] = row.c;
    let c_class = if word.k() { c_constant } else { c_register };
    operands.has(word.a(), row.a)
        & operands.has(word.b(), row.b)
        & operands.has(word.c(), c_class)
        & (word.bx() < operands.wide_bound(row.wide))
        && !(row.length.is_more && row.length.behind_last(word) > operands.max_stack)
}

/// Finds out what is wrong with a word that is not fine. Looks at just what [`is_fine`] looks at,
/// so that there is always something to report.
#[cold]
#[inline(never)]
fn explain(operands: &Operands, proto: &Proto, pc: usize, word: Instruction, out: &mut Gatherer) {
    let place = Place::Code(u32::try_from(pc).unwrap_or(u32::MAX));
    let mut report = |rule, expected: String, found: String| {
        out.report((Pass::Decode, rule), proto, place, || (expected, found));
    };
    let Some(op) = word.opcode() else {
        report(Rule::S1, "an opcode of at most 82".to_string(), word.op_bits().to_string());
        return;
    };
    let row = row(word);
    let roles = op.info().roles;
    let c_class = row.c.get(usize::from(word.k())).copied().unwrap_or(0);
    let fields = [("A", word.a(), row.a), ("B", word.b(), row.b), ("C", word.c(), c_class)];
    for ((name, value, class), role) in fields.into_iter().zip(roles) {
        if !operands.has(value, class) {
            let (rule, expected) = wanted(class, role, proto, value);
            report(rule, expected, format!("{name} = {value}"));
        }
    }
    let bound = operands.wide_bound(row.wide);
    if word.bx() >= bound {
        let (rule, expected) = match row.wide {
            Wide::Proto => (Rule::S6, format!("a nested function below {bound}")),
            Wide::OnlyVararg => (Rule::S11, format!("no {} without varargs", op.name())),
            Wide::OnlyFixed => (Rule::S11, "RETURN in a vararg function".to_string()),
            _ => (Rule::S3, format!("a constant below {bound}")),
        };
        let found = match row.wide {
            Wide::OnlyVararg | Wide::OnlyFixed => op.name().to_string(),
            _ => format!("Bx = {}", word.bx()),
        };
        report(rule, expected, found);
    }
    let behind_last = row.length.behind_last(word);
    // If A itself is out of range, that was reported above.
    if row.length.is_more && behind_last > operands.max_stack && operands.has(word.a(), row.a) {
        report(
            Rule::S2,
            format!("registers below {}", operands.max_stack),
            format!("registers up to {}", behind_last.saturating_sub(1)),
        );
    }
}

/// The rule that an operand of that class obeys, and what would do here.
fn wanted(class: u16, role: Role, proto: &Proto, value: u32) -> (Rule, String) {
    let max_stack = proto.max_stack;
    let n_constants = proto.constants.len();
    match class {
        class::REGISTER => (Rule::S2, format!("a register below {max_stack}")),
        class::LIMIT => (Rule::S2, format!("a register up to {max_stack}")),
        class::UPVALUE => (Rule::S5, format!("an upvalue below {}", proto.upvalues.len())),
        class::EVENT => (Rule::S10, format!("an arithmetic event, {EVENTS:?}")),
        class::HASH_SIZE => (Rule::F6, format!("a hash size of at most {MAX_HASH_SIZE}")),
        class::TWO_UP => (Rule::S10, "at least two operands".to_string()),
        class::ONE_UP => (Rule::S10, "at least one loop variable".to_string()),
        class::N_PARAMS => (Rule::F4, format!("the number of parameters, {}", proto.n_params)),
        class::SHIFT if proto.is_vararg != 0 => {
            (Rule::S11, format!("{}", u32::from(proto.n_params).saturating_add(1)))
        }
        class::SHIFT => (Rule::S11, "0 in a function without varargs".to_string()),
        _ if value as usize >= n_constants => (Rule::S3, format!("a constant below {n_constants}")),
        class::FIELD => (Rule::S4, format!("a string constant of at most {MAX_SHORT_LEN} bytes")),
        class::STRING => (Rule::S4, "a string constant".to_string()),
        class::NUMBER => (Rule::S4, "a constant that is a number".to_string()),
        class::INTEGER => (Rule::S4, "a constant that is an integer".to_string()),
        _ => (Rule::S4, format!("{role:?}")),
    }
}
