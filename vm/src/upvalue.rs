//! Upvalues: a variable shared by closures, in a stack slot while its function runs, then its own.

use std::cell::Cell;

use crate::heap::{Gc, Header};
use crate::stack::Slot;
use crate::value::{Tag, Value};

/// An upvalue object.
#[repr(C)]
pub(crate) struct Upval {
    header: Header,
    /// Where the value is: a stack slot, or `own`.
    place: Cell<Slot>,
    /// The value once closed; while open, the next open upvalue of the thread, further down.
    own: Cell<Value>,
}

impl Upval {
    /// An open upvalue; the header's `small` says that it is.
    pub(crate) fn open(slot: Slot, next: Option<Gc<Self>>) -> Self {
        let header = Header::new(Tag::UPVAL);
        header.small.set(1);
        let next = Value::light(next.map_or(0, Gc::addr));
        Self { header, place: Cell::new(slot), own: Cell::new(next) }
    }

    #[inline(always)]
    pub(crate) fn get(&self) -> Value {
        self.place.get().get()
    }

    /// Sets the value; the caller sees to the barrier.
    #[inline(always)]
    pub(crate) fn set(&self, value: Value) {
        self.place.get().set(value);
    }

    pub(crate) fn is_open(&self) -> bool {
        self.header.small.get() != 0
    }

    pub(crate) fn slot(&self) -> Slot {
        self.place.get()
    }

    /// Follows the stack when it moves.
    pub(crate) fn set_slot(&self, slot: Slot) {
        self.place.set(slot);
    }

    /// The next open upvalue, of a lower slot.
    pub(crate) fn next_open(&self) -> Option<Gc<Self>> {
        debug_assert!(self.is_open());
        let addr = self.own.get().payload();
        (addr != 0).then(|| Gc::from_addr(addr))
    }

    pub(crate) fn set_next_open(&self, next: Option<Gc<Self>>) {
        self.own.set(Value::light(next.map_or(0, Gc::addr)));
    }

    /// Takes the value out of the stack.
    pub(crate) fn close(&self) {
        let value = self.get();
        self.own.set(value);
        self.place.set(Slot::of_cell(&self.own));
        self.header.small.set(0);
    }
}

impl Gc<Upval> {
    /// Makes an upvalue that was never in a stack point to its own value.
    pub(crate) fn init_closed(self, value: Value) {
        self.header().small.set(0);
        self.own.set(value);
        self.place.set(Slot::of_cell(&self.own));
    }
}
