//! `find`, `match` and `gmatch`.

use super::buffer::{BYTES_PER_FUEL_LOG2, MAX_UNCHECKED};
use super::pattern::{Capture, Kind, Matcher, Outcome, PatternError};
use super::{plain, start_position};
use crate::closure::NativeFn;
use crate::heap::Gc;
use crate::native::{NativeResult, NativeRet};
use crate::string::Str;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Memory that compiling takes for each byte of a pattern, at most about.
const BYTES_PER_PATTERN_BYTE: usize = 192;

/// So many captures, and two positions, fit on the stack without asking for room.
const FEW_CAPTURES: usize = 16;

impl Vm {
    #[cold]
    pub(super) fn pattern_error(&mut self, error: PatternError) -> Raised {
        self.error_at_caller(error.message().as_bytes())
    }

    /// Pays for compiling a long pattern, and refuses one whose program would not fit into memory.
    #[inline]
    pub(super) fn check_pattern(&mut self, pattern: Gc<Str>) -> Result<(), Raised> {
        if pattern.is_short() {
            return Ok(());
        }
        self.charge(pattern.len())?;
        self.find_memory(pattern.len().saturating_mul(BYTES_PER_PATTERN_BYTE))
    }

    /// The work that a search may take, in units of fuel.
    #[inline]
    pub(super) fn most_work(&self) -> u64 {
        if self.metering { self.fuel } else { u64::MAX }
    }

    /// Pushes all captures of a match, or all of it if there are none (`push_captures`).
    #[inline]
    pub(super) fn push_captures(
        &mut self,
        subject: &[u8],
        (start, end): (usize, usize),
        n_captures: usize,
    ) -> Result<usize, Raised> {
        if n_captures == 0 {
            let string = self.cut_out(&subject[start..end])?;
            self.push(Value::string(string));
            return Ok(1);
        }
        if n_captures > FEW_CAPTURES {
            self.check_stack(n_captures, "too many captures")?;
        }
        for i in 0..n_captures {
            let value = self.capture_value(subject, i)?;
            self.push(value);
        }
        Ok(n_captures)
    }

    /// A part of a subject, which is reached, as a string.
    #[inline]
    pub(super) fn cut_out(&mut self, part: &[u8]) -> Result<Gc<Str>, Raised> {
        if part.len() > MAX_UNCHECKED {
            self.charge(part.len() >> BYTES_PER_FUEL_LOG2)?;
            self.find_memory(part.len())?;
        }
        Ok(self.heap.new_string(part))
    }

    /// The value of capture `i` (`push_onecapture`).
    #[inline]
    pub(super) fn capture_value(&mut self, subject: &[u8], i: usize) -> Result<Value, Raised> {
        let Capture { start, end } = self.string_lib.capture(i);
        match end {
            Capture::POSITION => Ok(Value::int(start as i64 + 1)),
            Capture::UNFINISHED => Err(self.error_at_caller(b"unfinished capture")),
            _ => self.cut_out(&subject[start..end]).map(Value::string),
        }
    }
}

pub(super) fn find(vm: &mut Vm) -> NativeResult {
    find_or_match(vm, true)
}

pub(super) fn match_(vm: &mut Vm) -> NativeResult {
    find_or_match(vm, false)
}

/// Mirrors `str_find_aux`.
#[inline(always)]
fn find_or_match(vm: &mut Vm, is_find: bool) -> NativeResult {
    let subject = vm.check_str(1)?.bytes();
    let pattern = vm.check_str(2)?;
    let from = start_position(vm.opt_int(3, 1)?, subject.len()) - 1;
    if from > subject.len() {
        return vm.ret(Value::NIL);
    }
    if is_find && (!vm.arg(4).is_falsy() || !has_specials(pattern.bytes())) {
        let text = pattern.bytes();
        let found = plain::find(&subject[from..], text, plain::rarest(text));
        vm.charge(found.unwrap_or(subject.len() - from) >> BYTES_PER_FUEL_LOG2)?;
        return match found {
            Some(i) => {
                vm.push(Value::int((from + i + 1) as i64));
                vm.push(Value::int((from + i + pattern.len()) as i64));
                Ok(NativeRet::Values(2))
            }
            None => vm.ret(Value::NIL),
        };
    }
    vm.check_pattern(pattern)?;
    let most_work = vm.most_work();
    let (patterns, captures) = vm.string_lib.for_matching();
    let program = patterns.get(pattern, Kind::Anchorable);
    let n_captures = program.n_captures;
    let mut matcher = Matcher::new(program, subject, captures, most_work);
    let outcome = matcher.search(from, None);
    let work = matcher.work();
    vm.charge(work as usize)?;
    match outcome {
        Outcome::Found { start, end } if is_find => {
            vm.push(Value::int(start as i64 + 1));
            vm.push(Value::int(end as i64));
            let n = if n_captures == 0 {
                0
            } else {
                vm.push_captures(subject, (start, end), n_captures)?
            };
            Ok(NativeRet::Values(n + 2))
        }
        Outcome::Found { start, end } => {
            let n = vm.push_captures(subject, (start, end), n_captures)?;
            Ok(NativeRet::Values(n))
        }
        Outcome::NotFound => vm.ret(Value::NIL),
        Outcome::Raised(error) => Err(vm.pattern_error(error)),
    }
}

/// Whether a pattern is more than the text that it looks for (`nospecials`).
fn has_specials(pattern: &[u8]) -> bool {
    pattern.iter().any(|byte| {
        matches!(byte, b'^' | b'$' | b'*' | b'+' | b'?' | b'.' | b'(' | b'[' | b'%' | b'-')
    })
}

/// Upvalues of the iterator that `gmatch` returns.
const SUBJECT: usize = 0;
const PATTERN: usize = 1;
/// Where the last match ended and the search goes on, an integer. Before the first match, where to
/// begin, as a negative number: -1 for 0, and so on.
const STATE: usize = 2;

pub(super) fn gmatch(vm: &mut Vm) -> NativeResult {
    static ITERATOR: NativeFn = NativeFn { name: "?", call: gmatch_step };
    let subject = vm.check_str(1)?;
    let pattern = vm.check_str(2)?;
    let from = start_position(vm.opt_int(3, 1)?, subject.len()) - 1;
    let upvalues = [
        Value::string(subject),
        Value::string(pattern),
        Value::int(!(from.min(subject.len() + 1) as i64)),
    ];
    let iterator = vm.heap.new_native_closure(&ITERATOR, &upvalues);
    vm.ret(Value::native_closure(iterator))
}

/// Mirrors `gmatch_aux`. The upvalues are looked at as if anybody could have set them.
fn gmatch_step(vm: &mut Vm) -> NativeResult {
    let Some(state) = vm.cur.frame.function().as_native_closure() else {
        return Ok(NativeRet::Values(0));
    };
    let (Some(subject), Some(pattern), Some(position)) = (
        state.upvalue(SUBJECT).as_string(),
        state.upvalue(PATTERN).as_string(),
        state.upvalue(STATE).as_int(),
    ) else {
        return Ok(NativeRet::Values(0));
    };
    let subject = subject.bytes();
    let (from, last) = if position < 0 {
        (!position as usize, None)
    } else {
        (position as usize, Some(position as usize))
    };
    if from > subject.len() {
        return Ok(NativeRet::Values(0));
    }
    vm.check_pattern(pattern)?;
    let most_work = vm.most_work();
    let (patterns, captures) = vm.string_lib.for_matching();
    let program = patterns.get(pattern, Kind::Repeated);
    let n_captures = program.n_captures;
    let mut matcher = Matcher::new(program, subject, captures, most_work);
    let outcome = matcher.search(from, last);
    let work = matcher.work();
    vm.charge(work as usize)?;
    match outcome {
        Outcome::Found { start, end } => {
            // An integer needs no barrier.
            state.init_upvalue(STATE, Value::int(end as i64));
            let n = vm.push_captures(subject, (start, end), n_captures)?;
            Ok(NativeRet::Values(n))
        }
        Outcome::NotFound => Ok(NativeRet::Values(0)),
        Outcome::Raised(error) => Err(vm.pattern_error(error)),
    }
}
