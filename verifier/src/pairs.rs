//! Pass 3: each word with the one that physically follows it.
//!
//! A word belongs to a class and names the classes that may follow it; the code as a whole begins
//! after an imaginary word that wants VARARGPREP or forbids it, and ends before an imaginary word
//! that only returns may precede. That covers S8, F2, F4 and O2. For the few pairs whose operands
//! must agree as well, [`disagreement`] compares them; in particular a consumer of open results
//! always stands right behind their producer, so that O1 needs no knowledge of how control flows.
//!
//! What this pass finds in a function that failed the decode pass is not reported.

use alloc::format;
use alloc::string::String;
use alloc::string::ToString;

use moonproof_bytecode::instruction::MAX_C;
use moonproof_bytecode::{Instruction, OpCode, Proto};

use crate::diagnostic::{Gatherer, Listed, Pass, Place};
use crate::rules::Rule;
use crate::table::{Relation, Row, row, word};

/// Items a constructor can hold per instruction that it takes: LOADNIL makes up to fifty, and so
/// many are stored by one SETLIST (`LFIELDS_PER_FLUSH`, lopcodes.h).
const ITEMS_PER_INSTRUCTION: u64 = 50;
/// Pairs of a table that it can hold per instruction, rounded up to a power of two.
const PAIRS_PER_INSTRUCTION: u64 = 2;
/// What the last index of SETLIST must stay below, so that the reference's sums cannot overflow.
const MAX_LAST_ITEM: u64 = i32::MAX as u64 - (1 << 21);

/// What the words so far ask of the next one.
pub(crate) struct Neighbours {
    next_classes: u16,
    relation: Relation,
    previous: Instruction,
}

impl Neighbours {
    /// Before the first word of a function.
    pub(crate) fn new(proto: &Proto) -> Self {
        let next_classes = if proto.is_vararg != 0 { word::VARARG_PREP } else { word::FREE };
        Self { next_classes, relation: Relation::None, previous: Instruction::default() }
    }

    /// After a word.
    pub(crate) fn after(previous: Instruction) -> Self {
        let row = row(previous);
        Self { next_classes: row.next_classes(previous), relation: row.relation, previous }
    }

    /// Checks the next word against the one before it.
    #[inline]
    pub(crate) fn check(
        &mut self,
        proto: &Proto,
        pc: usize,
        (word, row): (Instruction, &Row),
        out: &mut Gatherer,
    ) {
        if row.word_class(word) & self.next_classes == 0 {
            let broken = why(proto, pc, self.previous, word);
            report(proto, pc, broken, out);
        } else if self.relation != Relation::None
            && let Some(broken) = disagreement(self.relation, self.previous, word, proto)
        {
            report(proto, pc, broken, out);
        }
        self.next_classes = row.next_classes(word);
        self.relation = row.relation;
        self.previous = word;
    }

    /// Checks that the code may end here.
    pub(crate) fn check_end(&self, proto: &Proto, out: &mut Gatherer) {
        if self.next_classes & word::END == 0 {
            let last = proto.code.len().saturating_sub(1);
            let found = Listed(self.previous).to_string();
            report(proto, last, Broken::new(Rule::F2, "a return at the end", found), out);
        }
    }
}

pub(crate) struct Broken {
    rule: Rule,
    expected: String,
    found: String,
}

impl Broken {
    #[cold]
    fn new(rule: Rule, expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self { rule, expected: expected.into(), found: found.into() }
    }
}

#[cold]
#[inline(never)]
fn report(proto: &Proto, pc: usize, broken: Broken, out: &mut Gatherer) {
    let place = Place::Code(u32::try_from(pc).unwrap_or(u32::MAX));
    out.report((Pass::Pairs, broken.rule), proto, place, || (broken.expected, broken.found));
}

/// What is wrong with two neighbours whose classes fit.
#[inline]
fn disagreement(
    relation: Relation,
    first: Instruction,
    second: Instruction,
    proto: &Proto,
) -> Option<Broken> {
    match relation {
        Relation::None => None,
        Relation::Open if first.c() != 0 => None,
        Relation::Open => open_results(first, second),
        Relation::TailCall => tail_call(first, second),
        Relation::SameA if first.a() == second.a() => None,
        Relation::SameA => Some(Broken::new(
            Rule::S8,
            format!("A = {}, as the word before", first.a()),
            format!("A = {}", second.a()),
        )),
        Relation::ExtraConstant if (second.ax() as usize) < proto.constants.len() => None,
        Relation::ExtraConstant => Some(Broken::new(
            Rule::S3,
            format!("a constant below {}", proto.constants.len()),
            format!("Ax = {}", second.ax()),
        )),
        Relation::ExtraSize => table_size(first, second, proto.code.len()),
        Relation::ExtraIndex => list_index(first, second, proto.code.len()),
    }
}

/// `first` sets top to the end of the values from its A on; `second` takes values up to top.
#[inline]
fn open_results(first: Instruction, second: Instruction) -> Option<Broken> {
    let is_return = second.op_bits() == OpCode::Return as u8;
    let lowest = if is_return { second.a() } else { second.a().saturating_add(1) };
    if first.a() >= lowest {
        return None;
    }
    Some(Broken::new(
        Rule::O1,
        format!("open results from register {lowest} or above"),
        format!("from register {}", first.a()),
    ))
}

/// The RETURN after a TAILCALL is executed if a native function, once called, yields.
#[inline]
fn tail_call(call: Instruction, ret: Instruction) -> Option<Broken> {
    if (call.a(), call.c(), call.k()) == (ret.a(), ret.c(), ret.k()) {
        return None;
    }
    Some(Broken::new(
        Rule::S8,
        format!("a return with A, C and k of {}", Listed(call)),
        Listed(ret).to_string(),
    ))
}

#[inline]
pub(crate) fn table_size(
    table: Instruction,
    extra: Instruction,
    n_instructions: usize,
) -> Option<Broken> {
    if table.k() != (extra.ax() != 0) {
        return Some(Broken::new(
            Rule::S10,
            "k in NEWTABLE if and only if Ax is not zero",
            format!("{}, Ax = {}", Listed(table), extra.ax()),
        ));
    }
    let n_instructions = n_instructions as u64;
    let max_pairs = n_instructions.saturating_mul(PAIRS_PER_INSTRUCTION);
    let n_pairs = match table.b().checked_sub(1) {
        Some(log) => 1_u64.checked_shl(log).unwrap_or(u64::MAX),
        None => 0,
    };
    let max_items = n_instructions.saturating_mul(ITEMS_PER_INSTRUCTION);
    let n_items = extended(table, extra);
    if n_pairs <= max_pairs && n_items <= max_items.min(MAX_LAST_ITEM) {
        return None;
    }
    Some(Broken::new(
        Rule::F6,
        format!("room for at most {max_pairs} pairs and {max_items} items"),
        format!("{n_pairs} and {n_items}"),
    ))
}

/// The words around EXTRAARG after SETLIST; without k there is none, and any C is in proportion.
#[inline]
pub(crate) fn list_index(
    list: Instruction,
    extra: Instruction,
    n_instructions: usize,
) -> Option<Broken> {
    if !list.k() {
        return None;
    }
    let max_items = (n_instructions as u64).saturating_mul(ITEMS_PER_INSTRUCTION);
    let n_items = extended(list, extra);
    if n_items <= max_items && n_items.saturating_add(u64::from(list.b())) <= MAX_LAST_ITEM {
        return None;
    }
    Some(Broken::new(
        Rule::F6,
        format!("at most {max_items} items before these"),
        format!("{n_items}"),
    ))
}

/// C, extended by the word that follows.
fn extended(word: Instruction, extra: Instruction) -> u64 {
    let unit = u64::from(MAX_C).saturating_add(1);
    u64::from(extra.ax()).saturating_mul(unit).saturating_add(u64::from(word.c()))
}

/// Finds out which rule two neighbours break whose classes do not fit.
#[cold]
#[inline(never)]
fn why(proto: &Proto, pc: usize, previous: Instruction, word: Instruction) -> Broken {
    let name = |word: Instruction| word.opcode().map_or("no opcode", OpCode::name);
    let found = Listed(word).to_string();
    let is_prep = word.op_bits() == OpCode::VarargPrep as u8;
    if pc == 0 && proto.is_vararg != 0 {
        return Broken::new(
            Rule::F4,
            "VARARGPREP with B = 0 at the start of a vararg function",
            found,
        );
    }
    if is_prep {
        return Broken::new(Rule::F4, "VARARGPREP only at the start of a vararg function", found);
    }
    let class = row(word).word_class(word);
    let wanted = if pc == 0 { word::FREE } else { row(previous).next_classes(previous) };
    if wanted & word::OPEN != 0 {
        let rule = if previous.op_bits() == OpCode::TailCall as u8 { Rule::S8 } else { Rule::O2 };
        return Broken::new(
            rule,
            format!("a word with B = 0 that takes the results of {}", name(previous)),
            found,
        );
    }
    let needs = match class {
        word::OPEN_USE | word::OPEN_RETURN => {
            return Broken::new(Rule::O1, "a producer of open results right before", found);
        }
        word::MM_BIN => "arithmetic on registers right before",
        word::MM_BIN_I => "arithmetic on an immediate right before",
        word::MM_BIN_K => "arithmetic on a constant right before",
        word::EXTRA_ARG => "LOADKX, NEWTABLE or SETLIST with k right before",
        word::TFOR_LOOP => "TFORCALL right before",
        _ => "",
    };
    if wanted & word::FREE == word::FREE {
        return Broken::new(Rule::S8, needs, found);
    }
    let wants = match wanted {
        word::JMP => "JMP",
        word::LOAD_TRUE => "LOADTRUE",
        word::MM_BIN => "MMBIN",
        word::MM_BIN_I => "MMBINI",
        word::MM_BIN_K => "MMBINK",
        word::EXTRA_ARG => "EXTRAARG",
        word::TFOR_LOOP => "TFORLOOP",
        _ => "another word",
    };
    Broken::new(Rule::S8, format!("{wants} after {}", name(previous)), found)
}
