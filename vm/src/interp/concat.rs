//! Concatenation.

use moonproof_bytecode::limits::MAX_SHORT_LEN;

use super::control::{Outcome, follow, settle};
use super::handlers;
use crate::call::{CONCAT_SHIFT, Next};
use crate::heap::Gc;
use crate::metamethod::Event;
use crate::stack::Slot;
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
    let mut next = vm.concat(target, n);
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
        if len > isize::MAX as usize / 2 {
            return Err(self.runtime_error(b"string length overflow"));
        }
        if len <= MAX_SHORT_LEN {
            let mut bytes = [0; MAX_SHORT_LEN];
            let mut at = 0;
            for i in 0..n {
                let piece = start.add(i).get().as_string().map_or(&[][..], Gc::bytes);
                bytes[at..at + piece.len()].copy_from_slice(piece);
                at += piece.len();
            }
            return Ok(self.heap.new_string(&bytes[..len]));
        }
        self.check_memory(len)?;
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

fn is_piece(value: Value) -> bool {
    value.tag().is_string() || value.tag().is_number()
}
