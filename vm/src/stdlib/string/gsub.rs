//! `gsub`.

use std::sync::Arc;

use super::buffer::{BYTES_PER_FUEL_LOG2, MAX_UNCHECKED};
use super::pattern::{Capture, Kind, Matcher, Outcome, Program};
use crate::native::{NativeResult, NativeRet};
use crate::value::{LuaType, Value};
use crate::vm::{Raised, Vm};

pub(super) fn gsub(vm: &mut Vm) -> NativeResult {
    let subject = vm.check_str(1)?;
    let pattern = vm.check_str(2)?;
    let most = vm.opt_int(4, i64::MAX)?;
    let kind = vm.arg(3).tag().lua_type();
    if !matches!(kind, LuaType::Number | LuaType::String | LuaType::Function | LuaType::Table) {
        return Err(vm.type_error(3, "string/function/table"));
    }
    vm.check_pattern(pattern)?;
    let program = Arc::clone(vm.string_lib.patterns.get(pattern, Kind::Anchorable));
    let mut job =
        Job { program: &program, subject: subject.bytes(), copied: 0, out: vm.take_buffer() };
    // What is called may set the arguments of this function, with the debug library.
    vm.pinned.push(Value::string(subject));
    let result = job.replace(vm, kind, most);
    vm.pinned.pop();
    match result {
        Ok((n, changed)) => {
            if changed {
                let string = vm.buffer_to_string(job.out)?;
                vm.push(Value::string(string));
            } else {
                vm.keep_buffer(job.out);
                vm.push(Value::string(subject));
            }
            vm.push(Value::int(n));
            Ok(NativeRet::Values(2))
        }
        Err(raised) => {
            vm.keep_buffer(job.out);
            Err(raised)
        }
    }
}

/// What a `gsub` has done so far.
struct Job<'a> {
    program: &'a Program,
    subject: &'a [u8],
    /// The subject up to here is in `out`, with replacements.
    copied: usize,
    out: Vec<u8>,
}

/// The number of matches, and whether one of them was replaced.
type Replaced = Result<(i64, bool), Raised>;

impl Job<'_> {
    /// Replaces matches, and appends what is behind the last one.
    fn replace(&mut self, vm: &mut Vm, kind: LuaType, most: i64) -> Replaced {
        let (n, changed) = if matches!(kind, LuaType::Function | LuaType::Table) {
            self.replace_by_value(vm, most)?
        } else {
            let text = vm.check_str(3)?.bytes();
            self.replace_by_text(vm, text, most)?
        };
        if changed {
            vm.append(&mut self.out, &self.subject[self.copied..])?;
        }
        Ok((n, changed))
    }

    /// The next match behind the last one. Inlined, since a pair passed through memory takes longer
    /// than the search for a single byte.
    #[inline(always)]
    fn next(&self, vm: &mut Vm, last: Option<usize>) -> Result<Option<(usize, usize)>, Raised> {
        let most_work = vm.most_work();
        let (_, captures) = vm.string_lib.for_matching();
        let mut matcher = Matcher::new(self.program, self.subject, captures, most_work);
        let outcome = matcher.search(last.unwrap_or(0), last);
        let work = matcher.work();
        vm.charge(work as usize)?;
        match outcome {
            Outcome::Found { start, end } => Ok(Some((start, end))),
            Outcome::NotFound => Ok(None),
            Outcome::Raised(error) => Err(vm.pattern_error(error)),
        }
    }

    /// Replaces matches by what a function returns or a table holds.
    fn replace_by_value(&mut self, vm: &mut Vm, most: i64) -> Replaced {
        let (mut n, mut changed, mut last) = (0, false, None);
        while n < most
            && let Some(range) = self.next(vm, last)?
        {
            n += 1;
            let value = self.value_for(vm, range)?;
            if !value.is_falsy() {
                self.put_value(vm, value, range)?;
                changed = true;
            }
            last = Some(range.1);
            if self.program.anchored {
                break;
            }
        }
        Ok((n, changed))
    }

    /// Replaces matches by a text in which `%1` and the like stand for captures.
    fn replace_by_text(&mut self, vm: &mut Vm, text: &[u8], most: i64) -> Replaced {
        let (plain, parsed);
        let pieces = if memchr::memchr(b'%', text).is_some() {
            vm.charge(text.len() >> BYTES_PER_FUEL_LOG2)?;
            if text.len() > MAX_UNCHECKED {
                // Two bytes make a piece, and a Vec may be twice as large as it has to.
                vm.find_memory(text.len().saturating_mul(size_of::<Piece<'_>>()))?;
            }
            parsed = pieces_of(text);
            parsed.as_slice()
        } else {
            plain = Piece::Text(text);
            std::slice::from_ref(&plain)
        };
        let (mut n, mut last) = (0, None);
        while n < most
            && let Some(range) = self.next(vm, last)?
        {
            n += 1;
            vm.append(&mut self.out, &self.subject[self.copied..range.0])?;
            self.copied = range.1;
            for piece in pieces {
                self.put_piece(vm, *piece, range)?;
            }
            last = Some(range.1);
            if self.program.anchored {
                break;
            }
        }
        Ok((n, n > 0))
    }

    /// What the function or table gives for a match.
    fn value_for(&self, vm: &mut Vm, range: (usize, usize)) -> Result<Value, Raised> {
        let n_captures = self.program.n_captures;
        let replacement = vm.arg(3);
        if let Some(table) = replacement.as_table() {
            let key = if n_captures == 0 {
                Value::string(vm.cut_out(&self.subject[range.0..range.1])?)
            } else {
                vm.capture_value(self.subject, 0)?
            };
            let value = vm.raw_get(table, key);
            if !value.is_nil() || table.metatable().is_none() {
                return Ok(value);
            }
            return vm.index(replacement, key);
        }
        let position = vm.cur.position(vm.cur.top);
        vm.push(replacement);
        let n = vm.push_captures(self.subject, range, n_captures)?;
        vm.call(n)?;
        let first = vm.cur.slot_at(position);
        let value = if first < vm.cur.top { first.get() } else { Value::NIL };
        vm.cur.top = first;
        Ok(value)
    }

    /// Puts a string or number in a match's place.
    fn put_value(
        &mut self,
        vm: &mut Vm,
        value: Value,
        (start, end): (usize, usize),
    ) -> Result<(), Raised> {
        vm.pinned.push(value);
        let result = vm.append(&mut self.out, &self.subject[self.copied..start]);
        vm.pinned.pop();
        result?;
        self.copied = end;
        match value.as_string().or_else(|| vm.number_to_string(value)) {
            Some(string) => vm.append_string(&mut self.out, string),
            None => {
                let kind = value.tag().lua_type().name();
                let message = format!("invalid replacement value (a {kind})");
                Err(vm.error_at_caller(message.as_bytes()))
            }
        }
    }

    /// Appends a piece of the replacement (`add_s`).
    #[inline]
    fn put_piece(
        &mut self,
        vm: &mut Vm,
        piece: Piece<'_>,
        (start, end): (usize, usize),
    ) -> Result<(), Raised> {
        match piece {
            Piece::Text(text) => vm.append(&mut self.out, text),
            Piece::Capture(i) if i < self.program.n_captures => {
                let Capture { start, end } = vm.string_lib.capture(i);
                match end {
                    Capture::UNFINISHED => Err(vm.error_at_caller(b"unfinished capture")),
                    Capture::POSITION => {
                        vm.make_room(&mut self.out, 32)?;
                        moonproof_bytecode::number::format::push_integer(
                            &mut self.out,
                            start as i64 + 1,
                        );
                        Ok(())
                    }
                    _ => vm.append(&mut self.out, &self.subject[start..end]),
                }
            }
            // Without captures, the first one is the match.
            Piece::Match | Piece::Capture(0) => vm.append(&mut self.out, &self.subject[start..end]),
            Piece::Capture(i) => {
                let message = format!("invalid capture index %{}", i + 1);
                Err(vm.error_at_caller(message.as_bytes()))
            }
            Piece::BadEscape => {
                Err(vm.error_at_caller(b"invalid use of '%' in replacement string"))
            }
        }
    }
}

/// A part of a replacement text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Piece<'a> {
    Text(&'a [u8]),
    Match,
    /// By number from 0.
    Capture(usize),
    /// An error, when a match gets there.
    BadEscape,
}

fn pieces_of(text: &[u8]) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(i) = memchr::memchr(b'%', rest) {
        if i > 0 {
            pieces.push(Piece::Text(&rest[..i]));
        }
        pieces.push(match rest.get(i + 1) {
            Some(b'%') => Piece::Text(&rest[i + 1..i + 2]),
            Some(b'0') => Piece::Match,
            Some(digit @ b'1'..=b'9') => Piece::Capture(usize::from(digit - b'1')),
            _ => {
                pieces.push(Piece::BadEscape);
                return pieces;
            }
        });
        rest = &rest[i + 2..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replacements_are_taken_apart() {
        use Piece::{BadEscape, Capture, Match, Text};
        let check = |text: &[u8], expected: &[Piece<'_>]| {
            assert_eq!(pieces_of(text), expected, "{}", text.escape_ascii());
        };
        check(b"", &[]);
        check(b"plain", &[Text(b"plain")]);
        check(b"%0", &[Match]);
        check(b"<%1-%9>", &[Text(b"<"), Capture(0), Text(b"-"), Capture(8), Text(b">")]);
        check(b"100%%", &[Text(b"100"), Text(b"%")]);
        check(b"a%", &[Text(b"a"), BadEscape]);
        check(b"a%xb", &[Text(b"a"), BadEscape]);
    }
}
