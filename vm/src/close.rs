//! Open upvalues and to-be-closed variables of the running thread (lfunc.c).

use crate::call::Next;
use crate::heap::Gc;
use crate::metamethod::Event;
use crate::stack::{Slot, Stack};
use crate::upvalue::Upval;
use crate::value::Value;
use crate::vm::{Raised, Vm};

impl Stack {
    /// Finds again which slot is the highest that is captured or to be closed.
    pub(crate) fn refresh_pending(&mut self) {
        let upval = self.open.map_or(Slot::NULL, |upval| upval.slot());
        let variable = self.to_close.last().map_or(Slot::NULL, |p| self.slot_at(*p as usize));
        self.pending = upval.max(variable);
    }
}

impl Vm {
    /// The open upvalue of a slot, made if there is none (`luaF_findupval`).
    pub(crate) fn capture(&mut self, slot: Slot) -> Gc<Upval> {
        let mut previous: Option<Gc<Upval>> = None;
        let mut open = self.cur.open;
        while let Some(upval) = open {
            if upval.slot() <= slot {
                if upval.slot() == slot {
                    return upval;
                }
                break;
            }
            previous = Some(upval);
            open = upval.next_open();
        }
        let upval = self.heap.new_open_upval(slot, open);
        match previous {
            Some(previous) => previous.set_next_open(Some(upval)),
            None => self.cur.open = Some(upval),
        }
        self.cur.pending = self.cur.pending.max(slot);
        upval
    }

    /// Closes the upvalues of `level` and above (`luaF_closeupval`).
    pub(crate) fn close_upvals(&mut self, level: Slot) {
        while let Some(upval) = self.cur.open.filter(|upval| upval.slot() >= level) {
            self.cur.open = upval.next_open();
            upval.close();
            self.heap.collector.barrier_closed(upval);
        }
        self.cur.refresh_pending();
    }

    /// Marks a variable to be closed (`luaF_newtbcupval`); `nil` and `false` need not be.
    ///
    /// # Errors
    ///
    /// The value has no `__close`, or a variable above is pending (rule C1).
    pub(crate) fn mark_to_close(&mut self, slot: Slot, register: usize) -> Result<(), Raised> {
        let value = slot.get();
        if value.is_falsy() {
            return Ok(());
        }
        if self.handler(value, Event::Close).is_nil() {
            return Err(self.not_closable(register));
        }
        let position = self.cur.position(slot) as u32;
        if self.cur.to_close.last().is_some_and(|last| *last >= position) {
            return Err(self.runtime_error(b"malformed bytecode (rule C1)"));
        }
        self.cur.to_close.push(position);
        self.cur.pending = self.cur.pending.max(slot);
        Ok(())
    }

    /// Takes the highest pending variable of `level` or above from the list.
    pub(crate) fn take_to_close(&mut self, level: Slot) -> Option<Slot> {
        let slot = self.cur.slot_at(*self.cur.to_close.last()? as usize);
        if slot < level {
            return None;
        }
        self.cur.to_close.pop();
        self.cur.refresh_pending();
        Some(slot)
    }

    /// Calls the `__close` handler of a variable, above everything that is in use.
    pub(crate) fn call_close(
        &mut self,
        variable: Slot,
        error: Value,
        want: i32,
    ) -> Result<Next, Raised> {
        let value = variable.get();
        let handler = self.handler(value, Event::Close);
        let func = self.frame_top().max(variable.add(1)).max(self.cur.top);
        self.cur.top = func;
        let position = self.cur.position(func);
        if !self.has_room(4) {
            self.grow_stack(4)?;
        }
        let func = self.cur.slot_at(position);
        if handler.is_nil() {
            // The metatable changed since: the call fails, naming the metamethod.
            func.set(value);
            self.cur.top = func.add(1);
            return Err(self.call_error_for(Value::NIL, "metamethod 'close'"));
        }
        func.set(handler);
        func.add(1).set(value);
        func.add(2).set(error);
        Ok(Next::call(func, 2, want))
    }
}
