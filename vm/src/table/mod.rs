//! Tables: an array part for 1..=n, and chained scatter with Brent's variation for the rest.
//!
//! The algorithms are those of ltable.c: a colliding key that is not in its main position moves
//! away, a full node part makes a rehash that counts integer keys, and an array part is as large as
//! can be while more than half full.

mod next;
mod raw;
mod resize;

use std::cell::Cell;

use crate::heap::{Gc, Header, Heap};
use crate::metamethod::Event;
use crate::string::Str;
use crate::value::{Tag, Value};
use raw::{ArrayPtr, NodePtr, NodeRef};

/// A table object. The header's `small` has a bit for each of the first eight events that is known
/// to be absent when this table is a metatable; its `word` is the size of the array part.
#[repr(C)]
pub(crate) struct Table {
    header: Header,
    array: Cell<ArrayPtr>,
    nodes: Cell<NodePtr>,
    /// Number of nodes less one.
    mask: Cell<u32>,
    /// Every node from here on is taken.
    last_free: Cell<u32>,
    metatable: Cell<Option<Gc<Self>>>,
    /// Where the last border was found, from which `#` starts looking (`alimit` of the reference).
    border: Cell<u32>,
    /// Bytes of the block behind the fixed part, which hold the first array part.
    inline: Cell<u16>,
    /// Binary logarithm of the number of nodes.
    log_nodes: Cell<u8>,
}

const _: () = assert!(size_of::<Table>() == 48);

/// Why a key cannot be set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum KeyError {
    Nil,
    Nan,
    /// The table would be larger than any memory (`luaH_resize`, "table overflow").
    Overflow,
    /// The system has not got the memory.
    NoMemory,
}

/// Whether a value was replaced.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Replaced {
    Yes,
    /// The key has a node, but no value.
    Removed,
    /// The key has no node: [`Gc::insert`] may add it.
    Absent,
}

/// Where a key's value is.
#[derive(Clone, Copy)]
enum Place {
    Array(u32),
    Node(NodeRef),
    Absent,
}

impl Table {
    pub(crate) fn new() -> Self {
        Self {
            header: Header::new(Tag::TABLE),
            array: Cell::new(ArrayPtr::EMPTY),
            nodes: Cell::new(NodePtr::none()),
            mask: Cell::new(0),
            last_free: Cell::new(0),
            metatable: Cell::new(None),
            border: Cell::new(0),
            inline: Cell::new(0),
            log_nodes: Cell::new(0),
        }
    }

    #[inline(always)]
    pub(crate) fn metatable(&self) -> Option<Gc<Self>> {
        self.metatable.get()
    }

    /// Sets the metatable; the caller sees to barrier and finalizer.
    pub(crate) fn set_metatable(&self, metatable: Option<Gc<Self>>) {
        self.metatable.set(metatable);
    }

    #[inline(always)]
    pub(crate) fn array_len(&self) -> u32 {
        self.header.word.get()
    }

    /// Whether an event is known to be absent from this metatable.
    #[inline(always)]
    pub(crate) fn lacks(&self, event: Event) -> bool {
        self.header.small.get() & event.absence_bit() != 0
    }

    pub(crate) fn note_absence(&self, event: Event) {
        self.header.small.set(self.header.small.get() | event.absence_bit());
    }

    /// Forgets what is known to be absent; to be called when a key is added.
    #[inline(always)]
    pub(crate) fn forget_absences(&self) {
        self.header.small.set(0);
    }

    /// The value at an integer key, nil if there is none.
    #[inline(always)]
    pub(crate) fn get_int(&self, key: i64) -> Value {
        let i = (key as u64).wrapping_sub(1);
        if i < u64::from(self.array_len()) {
            self.array.get().get(i as u32)
        } else {
            self.get_int_node(key)
        }
    }

    /// The value at an integer key if it is in the array part.
    #[inline(always)]
    pub(crate) fn array_get(&self, key: i64) -> Option<Value> {
        let i = (key as u64).wrapping_sub(1);
        (i < u64::from(self.array_len())).then(|| self.array.get().get(i as u32))
    }

    /// Replaces a value of the array part that is not nil; the caller sees to the barrier.
    #[inline(always)]
    pub(crate) fn array_replace(&self, key: i64, value: Value) -> bool {
        let i = (key as u64).wrapping_sub(1);
        let found = i < u64::from(self.array_len()) && self.array.get().tag(i as u32) != Tag::NIL;
        if found {
            self.array.get().set(i as u32, value);
        }
        found
    }

    /// Sets an item of the array part, whatever it holds; the caller sees to the barrier.
    #[inline(always)]
    pub(crate) fn array_set(&self, key: i64, value: Value) -> bool {
        let i = (key as u64).wrapping_sub(1);
        let found = i < u64::from(self.array_len());
        if found {
            self.array.get().set(i as u32, value);
        }
        found
    }

    /// Moves the items `from..from + n` of the array part to `to` and behind; false if they, or
    /// their new places, are not all in it. The caller sees to the barrier.
    pub(crate) fn array_move(&self, from: i64, to: i64, n: i64) -> bool {
        let size = i64::from(self.array_len());
        let fits = |first: i64| first >= 1 && first <= size && n <= size - first + 1;
        let possible = n > 0 && fits(from) && fits(to);
        if possible {
            self.array.get().move_items((from - 1) as u32, (to - 1) as u32, n as u32);
        }
        possible
    }

    /// The value at an integer key that is not in the array part.
    pub(crate) fn get_int_node(&self, key: i64) -> Value {
        let mut node = self.nodes.get().at(self.hash_int(key as u64) & self.mask.get());
        loop {
            if node.key_payload() == key as u64 && node.key_tag() == Tag::INT {
                return node.value();
            }
            match node.follow() {
                Some(next) => node = next,
                None => return Value::NIL,
            }
        }
    }

    #[inline(always)]
    fn find_short(&self, addr: u64, hash: u32) -> Option<NodeRef> {
        let mut node = self.nodes.get().at(hash & self.mask.get());
        loop {
            if node.key_payload() == addr && node.key_tag() == Tag::SHORT_STR {
                return Some(node);
            }
            node = node.follow()?;
        }
    }

    /// The value at a short string if it is in its main position, which it nearly always is; nil
    /// if not.
    #[inline(always)]
    pub(crate) fn probe_short(&self, addr: u64, hash: u32) -> Value {
        let node = self.nodes.get().at(hash & self.mask.get());
        if node.key_payload() == addr && node.key_tag() == Tag::SHORT_STR {
            node.value()
        } else {
            Value::NIL
        }
    }

    /// Replaces a value that is not nil, if it is in its main position; the caller sees to the
    /// barrier.
    #[inline(always)]
    pub(crate) fn probe_replace(&self, addr: u64, hash: u32, value: Value) -> bool {
        let node = self.nodes.get().at(hash & self.mask.get());
        let found = node.key_payload() == addr
            && node.key_tag() == Tag::SHORT_STR
            && node.value_tag() != Tag::NIL;
        if found {
            node.set_value(value);
        }
        found
    }

    /// The value at a short string, given by address and hash; nil if there is none.
    #[inline(always)]
    pub(crate) fn get_short(&self, addr: u64, hash: u32) -> Value {
        self.find_short(addr, hash).map_or(Value::NIL, |node| node.value())
    }

    /// The value at a short string.
    #[inline(always)]
    pub(crate) fn get_name(&self, name: Gc<Str>) -> Value {
        self.get_short(name.addr(), name.short_hash())
    }

    /// Replaces the value at a short string if there is one; the caller sees to the barrier.
    #[inline(always)]
    pub(crate) fn replace_short(&self, addr: u64, hash: u32, value: Value) -> bool {
        match self.find_short(addr, hash) {
            Some(node) if node.value_tag() != Tag::NIL => {
                node.set_value(value);
                true
            }
            _ => false,
        }
    }

    /// Adds a short string whose main position is free, so that the table cannot have it yet; the
    /// caller sees to the barrier.
    #[inline(always)]
    pub(crate) fn insert_at_home(&self, addr: u64, hash: u32, value: Value) -> bool {
        let nodes = self.nodes.get();
        let node = nodes.at(hash & self.mask.get());
        let free = node.key_tag() == Tag::NIL && !nodes.is_none() && !value.is_nil();
        if free {
            self.forget_absences();
            node.set_key(Value::from_parts(Tag::SHORT_STR, addr));
            node.set_value(value);
        }
        free
    }

    /// The place of a key whose equality is that of its bits, and which is no integer: a float as
    /// tables hold it, or an object but strings.
    #[inline(always)]
    fn find_same(&self, key: Value) -> Option<NodeRef> {
        let mut node = self.nodes.get().at(hash_word(key.payload()) & self.mask.get());
        loop {
            if node.key_payload() == key.payload() && node.key_tag() == key.tag() {
                return Some(node);
            }
            node = node.follow()?;
        }
    }

    /// The value at a float as tables hold it, or an object but strings; nil if there is none.
    #[inline(always)]
    pub(crate) fn get_same(&self, key: Value) -> Value {
        self.find_same(key).map_or(Value::NIL, |node| node.value())
    }

    /// Replaces the value at such a key if there is one; the caller sees to the barrier.
    #[inline(always)]
    pub(crate) fn replace_same(&self, key: Value, value: Value) -> Replaced {
        match self.find_same(key) {
            Some(node) if node.value_tag() != Tag::NIL => {
                node.set_value(value);
                Replaced::Yes
            }
            Some(_) => Replaced::Removed,
            None => Replaced::Absent,
        }
    }

    /// The value at any key, nil if there is none (`luaH_get`).
    pub(crate) fn get(&self, heap: &Heap, key: Value) -> Value {
        match self.find(heap, key) {
            Place::Array(i) => self.array.get().get(i),
            Place::Node(node) => node.value(),
            Place::Absent => Value::NIL,
        }
    }

    fn find(&self, heap: &Heap, key: Value) -> Place {
        match key.tag() {
            Tag::SHORT_STR => {
                let hash = Gc::<Str>::from_addr(key.payload()).short_hash();
                self.find_short(key.payload(), hash).map_or(Place::Absent, Place::Node)
            }
            Tag::INT => {
                let i = key.payload().wrapping_sub(1);
                if i < u64::from(self.array_len()) {
                    Place::Array(i as u32)
                } else {
                    self.find_node(heap, key)
                }
            }
            Tag::NIL => Place::Absent,
            Tag::FLOAT => match float_key(key.float_bits()) {
                Some(i) => self.find(heap, Value::int(i)),
                None => self.find_node(heap, key),
            },
            _ => self.find_node(heap, key),
        }
    }

    /// Looks along the chain of the key's main position.
    fn find_node(&self, heap: &Heap, key: Value) -> Place {
        let mut node = self.main_position(heap, key);
        loop {
            if node.key_tag() == key.tag() && node.key().raw_equals(key) {
                return Place::Node(node);
            }
            match node.follow() {
                Some(next) => node = next,
                None => return Place::Absent,
            }
        }
    }

    fn main_position(&self, heap: &Heap, key: Value) -> NodeRef {
        let hash = match key.tag() {
            Tag::SHORT_STR => Gc::<Str>::from_addr(key.payload()).short_hash(),
            Tag::LONG_STR => Gc::<Str>::from_addr(key.payload()).hash(heap.strings.seed),
            Tag::FALSE | Tag::TRUE => u32::from(key.tag().0),
            Tag::INT => self.hash_int(key.payload()),
            _ => hash_word(key.payload()),
        };
        self.nodes.get().at(hash & self.mask.get())
    }

    /// Spreads the bits of an integer: as many integers in a row as there are nodes do not collide
    /// at all, and so do not their multiples by most powers of two. Tables whose keys are not in
    /// the array part are mostly of that kind.
    #[inline(always)]
    fn hash_int(&self, word: u64) -> u32 {
        let log = self.log_nodes.get();
        let word = word ^ word >> 32;
        let word = word ^ word >> log;
        (word ^ word >> ((2 * log) & 63)) as u32
    }

    /// The last free node, looking downwards from where the last one was (`getfreepos`).
    fn take_free_node(&self) -> Option<NodeRef> {
        if self.nodes.get().is_none() {
            return None;
        }
        while self.last_free.get() > 0 {
            self.last_free.set(self.last_free.get() - 1);
            let node = self.nodes.get().at(self.last_free.get());
            if node.key_tag() == Tag::NIL {
                return Some(node);
            }
        }
        None
    }

    fn n_nodes(&self) -> u32 {
        if self.nodes.get().is_none() { 0 } else { self.mask.get() + 1 }
    }
}

impl Gc<Table> {
    /// Sets a key's value without metamethods (`luaH_set`); the caller sees to the barrier.
    ///
    /// # Errors
    ///
    /// The key is nil or not a number, or the table cannot grow.
    pub(crate) fn set(self, heap: &mut Heap, key: Value, value: Value) -> Result<(), KeyError> {
        match self.find(heap, key) {
            Place::Array(i) => self.array.get().set(i, value),
            Place::Node(node) => {
                if node.value_tag() == Tag::NIL {
                    self.forget_absences();
                }
                node.set_value(value);
            }
            Place::Absent => return self.insert(heap, key, value),
        }
        Ok(())
    }

    /// Sets an integer key's value; the caller sees to the barrier.
    pub(crate) fn set_int(self, heap: &mut Heap, key: i64, value: Value) -> Result<(), KeyError> {
        if self.array_set(key, value) {
            return Ok(());
        }
        self.set(heap, Value::int(key), value)
    }

    /// Adds a key that is not there (`luaH_newkey`); the caller sees to the barrier.
    ///
    /// # Errors
    ///
    /// As [`Gc::set`].
    pub(crate) fn insert(self, heap: &mut Heap, key: Value, value: Value) -> Result<(), KeyError> {
        let key = match key.tag() {
            Tag::NIL => return Err(KeyError::Nil),
            Tag::FLOAT => match float_key(key.float_bits()) {
                Some(i) => Value::int(i),
                None if key.float_bits().is_nan() => return Err(KeyError::Nan),
                None => key,
            },
            _ => key,
        };
        if value.is_nil() {
            return Ok(());
        }
        self.forget_absences();
        let mut main = self.main_position(heap, key);
        if main.value_tag() != Tag::NIL || self.nodes.get().is_none() {
            let Some(free) = self.take_free_node() else {
                self.rehash(heap, key)?;
                return self.set_absent(heap, key, value);
            };
            let others = if main.key_tag() == Tag::DEAD_KEY {
                // Only a node without value can be dead, and those are not collided with.
                main
            } else {
                self.main_position(heap, main.key())
            };
            if others.is(main) {
                // The colliding node is at home: the new key goes to the free node behind it.
                if main.next() != 0 {
                    free.set_next(free.distance_to(main) + main.next());
                } else {
                    free.set_next(0);
                }
                main.set_next(main.distance_to(free));
                main = free;
            } else {
                // It is a guest: it moves to the free node, and its predecessor follows it.
                let mut previous = others;
                while let Some(next) = previous.follow() {
                    if next.is(main) {
                        break;
                    }
                    previous = next;
                }
                previous.set_next(previous.distance_to(free));
                free.set_key(main.key());
                free.set_value(main.value());
                let to_next = main.next();
                free.set_next(if to_next == 0 { 0 } else { free.distance_to(main) + to_next });
                main.set_next(0);
            }
        }
        main.set_key(key);
        main.set_value(value);
        Ok(())
    }

    /// Sets a key that the table does not have, and that the array part may have got room for.
    fn set_absent(self, heap: &mut Heap, key: Value, value: Value) -> Result<(), KeyError> {
        match key.as_int() {
            Some(i) if self.array_set(i, value) => Ok(()),
            _ => self.insert(heap, key, value),
        }
    }

    /// Bytes outside the object's own block.
    pub(crate) fn buffer_bytes(self) -> usize {
        NodePtr::bytes(self.n_nodes())
            + if self.has_inline_array() { 0 } else { ArrayPtr::bytes(self.array_len()) }
    }

    fn has_inline_array(self) -> bool {
        let inline = usize::from(self.inline.get());
        inline != 0
            && self.array.get().addr().wrapping_sub(self.addr() as usize)
                < size_of::<Table>() + inline
    }
}

/// A float with an integer value is the integer as a key (`luaV_flttointns` with `F2Ieq`).
#[inline]
pub(crate) fn float_key(f: f64) -> Option<i64> {
    let i = f as i64;
    // The cast saturates: 2^63 comes out as 2^63 - 1, whose float is 2^63 again.
    (i as f64 == f && f < 9_223_372_036_854_775_808.0).then_some(i)
}

/// Spreads the bits of a float or address. Both halves of the product count: a float's
/// low bits are mostly zero, and so are those of the low half.
#[inline(always)]
fn hash_word(word: u64) -> u32 {
    let product = u128::from(word) * 0x9E37_79B9_7F4A_7C15;
    ((product >> 64) as u64 ^ product as u64) as u32
}

#[cfg(test)]
mod tests {
    use super::{Table, hash_word};
    use std::collections::HashSet;

    fn positions(n: u64, hash: impl Fn(u64) -> u32) -> usize {
        (0..n).map(|i| hash(i) & (n as u32 - 1)).collect::<HashSet<u32>>().len()
    }

    #[test]
    fn integers_are_spread() {
        for log in 4..16 {
            let table = Table::new();
            table.log_nodes.set(log);
            let n = 1 << log;
            for shift in 0..=u64::from(log) {
                let used = positions(n, |i| table.hash_int(i << shift));
                assert_eq!(used, n as usize, "{n} multiples of 2^{shift}");
            }
            let used = positions(n, |i| table.hash_int((i + 1).wrapping_neg()));
            assert_eq!(used, n as usize, "{n} negative integers");
            let used = positions(n, |i| table.hash_int(i * 1000));
            assert!(used as u64 > n / 3, "{used} of {n} positions for multiples of 1000");
        }
    }

    /// Keys of any regular kind fall into at least half as many positions as random ones would.
    #[test]
    fn other_keys_are_spread() {
        let check = |kind: &str, key: fn(u64) -> u64| {
            // Random ones fall into 1024 * (1 - 1/e) = 647.
            let used = positions(1024, |i| hash_word(key(i)));
            assert!(used > 320, "{kind}: {used} positions");
        };
        check("eighths", |i| (i as f64 / 8.0).to_bits());
        check("tenths", |i| (i as f64 / 10.0).to_bits());
        check("powers", |i| (i % 1000) << 52);
        check("addresses", |i| 0x7F00_0000_0000 + i * 48);
    }
}
