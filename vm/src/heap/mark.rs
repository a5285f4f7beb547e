//! Colours, barriers and the traversal of objects.
//!
//! An object is white (one of two bits; the other white is dead during a sweep), gray (none of the
//! colour bits: reached but not traversed) or black. Black objects never point to white ones while
//! marking goes on: a table that would is made gray again, other objects push what they now point to.

use super::collect::Collector;
use super::raw::{Gc, Header};
use crate::closure::{Closure, NativeClosure};
use crate::proto::FuncProto;
use crate::table::Table;
use crate::thread::Thread;
use crate::upvalue::Upval;
use crate::userdata::Userdata;
use crate::value::{Tag, Value};

pub(super) const WHITE0: u8 = 1;
pub(super) const WHITE1: u8 = 2;
pub(super) const WHITES: u8 = WHITE0 | WHITE1;
pub(super) const BLACK: u8 = 4;
/// The object has a finalizer that has not run.
pub(super) const FINALIZABLE: u8 = 8;

impl Gc<Header> {
    #[inline(always)]
    pub(super) fn is_white(self) -> bool {
        self.header().mark.get() & WHITES != 0
    }

    /// Whether it was reached in the current cycle.
    pub(crate) fn is_marked(self) -> bool {
        !self.is_white()
    }

    #[inline(always)]
    pub(crate) fn is_black(self) -> bool {
        self.header().mark.get() & BLACK != 0
    }

    pub(super) fn set_black(self) {
        self.header().mark.set(self.header().mark.get() & !WHITES | BLACK);
    }

    pub(super) fn set_gray(self) {
        self.header().mark.set(self.header().mark.get() & !(WHITES | BLACK));
    }
}

/// So many items of an array part are visited at a time.
const SLICE: u32 = 1024;

/// The heap object that a value is, if any.
#[inline(always)]
pub(crate) fn object_of(value: Value) -> Option<Gc<Header>> {
    value.tag().is_collectable().then(|| Gc::from_addr(value.payload()))
}

impl Collector {
    /// Keeps a string alive that was found in the intern set and may be dead already.
    #[inline(always)]
    pub(super) fn revive(&mut self, object: Gc<Header>) {
        let mark = object.header().mark.get();
        if mark & self.dead_white() != 0 {
            object.header().mark.set(mark ^ WHITES);
        }
    }

    /// To be called after `value` was stored into the table `owner`.
    #[inline(always)]
    pub(crate) fn barrier_table(&mut self, owner: Gc<Table>, value: Value) {
        if value.tag().is_collectable() && owner.erase().is_black() {
            self.barrier_back(owner.erase());
        }
    }

    /// To be called before items of the array part of `owner` change places.
    pub(crate) fn barrier_move(&mut self, owner: Gc<Table>) {
        // All were visited at once, unless there were many.
        if !self.half_visited.is_empty() && owner.erase().is_black() {
            self.barrier_back(owner.erase());
        }
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn barrier_back(&mut self, owner: Gc<Header>) {
        owner.set_gray();
        self.gray_again.push(owner);
    }

    /// To be called after `value` was stored into any other object.
    #[inline(always)]
    pub(crate) fn barrier<T: super::Object>(&mut self, owner: Gc<T>, value: Value) {
        if let Some(object) = object_of(value)
            && owner.erase().is_black()
            && object.is_white()
        {
            self.barrier_forward(owner.erase(), object);
        }
    }

    /// To be called after `owner` was made to point to another object.
    pub(crate) fn barrier_object<A: super::Object, B: super::Object>(
        &mut self,
        owner: Gc<A>,
        object: Gc<B>,
    ) {
        if owner.erase().is_black() && object.erase().is_white() {
            self.barrier_forward(owner.erase(), object.erase());
        }
    }

    /// To be called after an upvalue was closed: from now on, its value changes with barriers only.
    #[inline(always)]
    pub(crate) fn barrier_closed(&mut self, upval: Gc<Upval>) {
        if upval.erase().is_marked() {
            upval.erase().set_black();
            self.barrier(upval, upval.get());
        }
    }

    #[cold]
    #[inline(never)]
    fn barrier_forward(&mut self, owner: Gc<Header>, object: Gc<Header>) {
        if self.generations_are_kept() {
            // Marked now, what is stored there time and again would all become old.
            self.barrier_back(owner);
        } else if self.keeps_invariant() {
            self.mark(object);
        } else {
            // A sweep is under way: whitening the owner avoids further barriers.
            owner.header().mark.set(owner.header().mark.get() & !BLACK | self.white());
        }
    }

    #[inline(always)]
    pub(super) fn mark_value(&mut self, value: Value) {
        if let Some(object) = object_of(value)
            && object.is_white()
        {
            self.mark(object);
        }
    }

    pub(super) fn mark_object<T: super::Object>(&mut self, object: Gc<T>) {
        if object.erase().is_white() {
            self.mark(object.erase());
        }
    }

    /// Makes a white object gray, or black if it points to nothing.
    pub(super) fn mark(&mut self, object: Gc<Header>) {
        match object.tag() {
            Tag::SHORT_STR | Tag::LONG_STR => {
                object.set_black();
                self.work += 24;
            }
            Tag::UPVAL => {
                let upval = object.cast::<Upval>();
                if upval.is_open() {
                    // The stack it points to changes without barriers: visited again at the end.
                    object.set_gray();
                } else {
                    object.set_black();
                }
                self.mark_value(upval.get());
                self.work += 32;
            }
            _ => {
                object.set_gray();
                self.gray.push(object);
            }
        }
    }

    /// Traverses gray objects until `work` reaches `limit` or none are left.
    pub(super) fn propagate(&mut self, limit: usize) {
        while self.work < limit {
            if let Some(object) = self.gray.pop() {
                self.traverse(object);
            } else if !self.visit_more_items() {
                return;
            }
        }
    }

    /// Whether gray objects are left.
    pub(super) fn has_gray(&self) -> bool {
        !self.gray.is_empty() || !self.half_visited.is_empty()
    }

    /// Visits a slice of the latest large array part that has been begun; false if none has.
    fn visit_more_items(&mut self) -> bool {
        let Some((table, len, start)) = self.half_visited.pop() else { return false };
        // With another size, some may have come from behind `start` into the node part.
        let start = if len == table.array_len() { start } else { 0 };
        let end = start.saturating_add(SLICE).min(table.array_len());
        if end < table.array_len() {
            self.half_visited.push((table, table.array_len(), end));
        }
        table.for_each_item(start..end, |value| self.mark_value(value));
        if start == 0 {
            self.visit_nodes(table);
        }
        self.work += (end - start) as usize * 16;
        true
    }

    pub(super) fn propagate_all(&mut self) {
        self.propagate(usize::MAX);
    }

    fn traverse(&mut self, object: Gc<Header>) {
        object.set_black();
        match object.tag() {
            Tag::TABLE => self.traverse_table(object.cast()),
            Tag::UPVAL => self.mark_value(object.cast::<Upval>().get()),
            Tag::CLOSURE => {
                let closure = object.cast::<Closure>();
                self.mark_object(closure.proto());
                for i in 0..closure.n_upvals() {
                    self.mark_object(closure.upval(i));
                }
                self.work += 16 + closure.n_upvals() * 8;
            }
            Tag::NATIVE_CLOSURE => {
                let closure = object.cast::<NativeClosure>();
                for i in 0..closure.n_upvalues() {
                    self.mark_value(closure.upvalue(i));
                }
                self.work += 16 + closure.n_upvalues() * 16;
            }
            Tag::USERDATA => {
                let userdata = object.cast::<Userdata>();
                if let Some(metatable) = userdata.metatable() {
                    self.mark_object(metatable);
                }
                userdata.for_each_value(|value| self.mark_value(value));
                self.work += 64;
            }
            Tag::PROTO => {
                let proto = object.cast::<FuncProto>();
                proto.for_each_reference(|value| self.mark_value(value), |_| {});
                let mut children = Vec::new();
                proto.for_each_reference(|_| {}, |child| children.push(child));
                for child in children {
                    self.mark_object(child);
                }
                self.work += proto.bytes();
            }
            Tag::THREAD => {
                let thread = object.cast::<Thread>();
                // A stack changes without barriers.
                object.set_gray();
                self.gray_again.push(object);
                if let Some(resumer) = thread.resumer.get() {
                    self.mark_object(resumer);
                }
                if let Some(failure) = thread.failure.get() {
                    self.mark_value(failure);
                }
                self.work += thread.with_stack(|stack| self.mark_stack(stack)).unwrap_or(0) + 64;
            }
            _ => {}
        }
    }

    fn traverse_table(&mut self, table: Gc<Table>) {
        self.work += 48;
        if let Some(metatable) = table.metatable() {
            self.mark_object(metatable);
            let (weak_keys, weak_values) = self.weakness(metatable);
            if weak_keys || weak_values {
                self.work += table.buffer_bytes();
            }
            match (weak_keys, weak_values) {
                (false, false) => {}
                (true, true) => {
                    self.all_weak.push(table);
                    return;
                }
                (false, true) => return self.traverse_weak_values(table),
                (true, false) => {
                    self.traverse_ephemeron(table);
                    return;
                }
            }
        }
        if table.array_len() > SLICE {
            // Not all at once, or a large array would make the list of gray objects as large.
            self.half_visited.push((table, 0, 0));
            return;
        }
        self.work += table.buffer_bytes();
        table.for_each_item(0..table.array_len(), |value| self.mark_value(value));
        self.visit_nodes(table);
    }

    fn visit_nodes(&mut self, table: Gc<Table>) {
        table.sweep_nodes(|key, value| {
            self.mark_value(key);
            self.mark_value(value);
            true
        });
    }

    /// Keys are strong, values are looked at in the end (`traverseweakvalue`).
    fn traverse_weak_values(&mut self, table: Gc<Table>) {
        table.sweep_nodes(|key, _| {
            self.mark_value(key);
            true
        });
        if self.in_atomic {
            self.weak_values.push(table);
        } else {
            table.erase().set_gray();
            self.gray_again.push(table.erase());
        }
    }

    /// Values are marked if their keys are; true if something was marked (`traverseephemeron`).
    pub(super) fn traverse_ephemeron(&mut self, table: Gc<Table>) -> bool {
        let mut marked = false;
        table.for_each_item(0..table.array_len(), |value| {
            if object_of(value).is_some_and(Gc::is_white) {
                marked = true;
                self.mark_value(value);
            }
        });
        let (mut has_white_key, mut has_white_pair) = (false, false);
        table.sweep_nodes(|key, value| {
            if self.is_cleared(key) {
                has_white_key = true;
                has_white_pair |= object_of(value).is_some_and(Gc::is_white);
            } else if object_of(value).is_some_and(Gc::is_white) {
                marked = true;
                self.mark_value(value);
            }
            true
        });
        if !self.in_atomic {
            table.erase().set_gray();
            self.gray_again.push(table.erase());
        } else if has_white_pair {
            self.ephemerons.push(table);
        } else if has_white_key {
            self.dying_keys.push(table);
        }
        marked
    }

    /// Whether a key or value is to be removed from a weak table (`iscleared`): strings are values
    /// and never are.
    pub(super) fn is_cleared(&mut self, value: Value) -> bool {
        match object_of(value) {
            None => false,
            Some(object) if value.tag().is_string() => {
                if object.is_white() {
                    self.mark(object);
                }
                false
            }
            Some(object) => object.is_white(),
        }
    }
}
