//! Concatenation.

use moonproof_bytecode::limits::MAX_SHORT_LEN;

use super::control::{Outcome, follow, settle};
use super::handlers;
use crate::call::{CONCAT_SHIFT, Next};
use crate::heap::Gc;
use crate::metamethod::Event;
use crate::stack::Slot;
use crate::stdlib::BYTES_PER_FUEL_LOG2;
use crate::string::Str;
use crate::value::Value;
use crate::vm::{Raised, Vm};

handlers! {
    fn concat(vm, pc, base, k, i, t) {
        vm.cur.frame.pc.set(pc);
        let target = base.reg(i.a());
        let outcome = concat_step(vm, target, i.b());
        follow!(vm, t, outcome)
    }
}

#[inline(never)]
fn concat_step(vm: &mut Vm, target: Slot, n: usize) -> Outcome {
    let frame = vm.cur.frame;
    let mut next = if n == 2
        && let (Some(a), Some(b)) = (target.get().as_string(), target.add(1).get().as_string())
    {
        vm.join_two(a, b).map(|string| {
            target.set(Value::string(string));
            Next::RUN
        })
    } else {
        vm.concat(target, n)
    };
    // A metamethod may have been entered: then its registers are in use, and it is not yet time.
    if vm.heap.is_step_due() && next.is_ok_and(Next::is_run) && vm.cur.frame == frame {
        vm.cur.top = target.add(1);
        next = vm.safepoint().map(|()| Next::RUN);
    }
    settle(vm, next)
}

impl Vm {
    /// Concatenates `n` values from `first` up into `first` (`luaV_concat`): as many strings and
    /// numbers at a time as stand together, from the right, and metamethods in between.
    pub(crate) fn concat(&mut self, first: Slot, n: usize) -> Result<Next, Raised> {
        let mut left = n;
        while left > 1 {
            let (a, b) = (first.add(left - 2).get(), first.add(left - 1).get());
            if !is_piece(a) || !is_piece(b) {
                let mut handler = self.handler(a, Event::Concat);
                if handler.is_nil() {
                    handler = self.handler(b, Event::Concat);
                }
                if handler.is_nil() {
                    return Err(self.concat_error(first.add(left - 2)));
                }
                let info = &self.cur.frame.info;
                let flags = info.get() & !(0xFF << CONCAT_SHIFT);
                info.set(flags | ((left - 1) as u32) << CONCAT_SHIFT);
                return self.call_handler(handler, [a, b]);
            }
            let mut n_pieces = 2;
            while n_pieces < left && is_piece(first.add(left - n_pieces - 1).get()) {
                n_pieces += 1;
            }
            let start = first.add(left - n_pieces);
            let string = self.join(start, n_pieces)?;
            start.set(Value::string(string));
            left -= n_pieces - 1;
        }
        Ok(Next::RUN)
    }

    /// The concatenation of two strings, which is what most of them are. With the empty string it is
    /// the other one itself.
    #[inline(always)]
    fn join_two(&mut self, left: Gc<Str>, right: Gc<Str>) -> Result<Gc<Str>, Raised> {
        let (a, b) = (left.bytes(), right.bytes());
        let len = a.len() + b.len();
        if len <= MAX_SHORT_LEN {
            let mut bytes = [0; MAX_SHORT_LEN];
            copy_short(&mut bytes[..a.len()], a);
            copy_short(&mut bytes[a.len()..len], b);
            return Ok(self.heap.new_string(&bytes[..len]));
        }
        if b.is_empty() {
            return Ok(left);
        }
        if a.is_empty() {
            return Ok(right);
        }
        self.check_length(len)?;
        let string = self.heap.new_long_string_of(len);
        string.fill(0, a);
        string.fill(a.len(), b);
        Ok(string)
    }

    /// Whether a string may be so long.
    #[inline(always)]
    fn check_length(&mut self, len: usize) -> Result<(), Raised> {
        if len > isize::MAX as usize / 2 {
            return Err(self.runtime_error(b"string length overflow"));
        }
        self.charge(len >> BYTES_PER_FUEL_LOG2)?;
        self.find_memory(len)
    }

    /// The concatenation of strings and numbers.
    fn join(&mut self, start: Slot, n: usize) -> Result<Gc<Str>, Raised> {
        // Numbers become strings first, in place, so that lengths are known.
        let mut len = 0_usize;
        for i in 0..n {
            let slot = start.add(i);
            let string = match slot.get().as_string() {
                Some(string) => string,
                None => match self.number_to_string(slot.get()) {
                    Some(string) => {
                        slot.set(Value::string(string));
                        string
                    }
                    None => continue,
                },
            };
            len = len.saturating_add(string.len());
        }
        if len <= MAX_SHORT_LEN {
            let mut bytes = [0; MAX_SHORT_LEN];
            let mut at = 0;
            for i in 0..n {
                let piece = start.add(i).get().as_string().map_or(&[][..], Gc::bytes);
                copy_short(&mut bytes[at..at + piece.len()], piece);
                at += piece.len();
            }
            return Ok(self.heap.new_string(&bytes[..len]));
        }
        let mut pieces = (0..n).filter_map(|i| start.add(i).get().as_string());
        if let Some(string) = pieces.find(|piece| piece.len() == len) {
            return Ok(string);
        }
        self.check_length(len)?;
        let string = self.heap.new_long_string_of(len);
        let mut at = 0;
        for i in 0..n {
            let piece = start.add(i).get().as_string().map_or(&[][..], Gc::bytes);
            string.fill(at, piece);
            at += piece.len();
        }
        Ok(string)
    }
}

/// Copies up to some dozens of bytes into as many, without a call: the last ones with those before.
#[inline(always)]
fn copy_short(to: &mut [u8], from: &[u8]) {
    let len = from.len();
    if len >= 8 {
        let mut at = 0;
        while at + 8 < len {
            to[at..at + 8].copy_from_slice(&from[at..at + 8]);
            at += 8;
        }
        to[len - 8..len].copy_from_slice(&from[len - 8..]);
    } else if len >= 4 {
        to[..4].copy_from_slice(&from[..4]);
        to[len - 4..len].copy_from_slice(&from[len - 4..]);
    } else {
        for (to, from) in to.iter_mut().zip(from) {
            *to = *from;
        }
    }
}

fn is_piece(value: Value) -> bool {
    value.tag().is_string() || value.tag().is_number()
}
