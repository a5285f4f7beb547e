//! Traversal and length.

use super::{NodeRef, Place, Table};
use crate::heap::{Gc, Heap};
use crate::value::{Tag, Value};

/// A key given to `next` is not in the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct BadKey;

impl Table {
    /// The key and value after `key` in the table's own order, `None` after the last (`luaH_next`).
    pub(crate) fn next(&self, heap: &Heap, key: Value) -> Result<Option<(Value, Value)>, BadKey> {
        let position = self.position_of(heap, key)?;
        Ok(self.next_at(position).map(|(_, key, value)| (key, value)))
    }

    /// The first pair at or after a position, and the position behind it. Positions count the
    /// array part first, then the nodes.
    pub(crate) fn next_at(&self, position: u32) -> Option<(u32, Value, Value)> {
        let n_array = self.array_len();
        for i in position..n_array {
            let value = self.array.get().get(i);
            if !value.is_nil() {
                return Some((i + 1, Value::int(i64::from(i) + 1), value));
            }
        }
        for i in position.max(n_array) - n_array..self.n_nodes() {
            let node = self.nodes.get().at(i);
            if node.value_tag() != Tag::NIL {
                return Some((n_array + i + 1, node.key(), node.value()));
            }
        }
        None
    }

    /// Items and pairs that there is room for.
    pub(crate) fn size(&self) -> u32 {
        self.array_len() + self.n_nodes()
    }

    /// How many items `next` passes, in a table that is not small.
    pub(crate) fn steps_to_next(&self, heap: &Heap, key: Value) -> u32 {
        const SMALL: u32 = 1 << 10;
        let end = self.size();
        if end < SMALL {
            return 0;
        }
        let from = self.position_of(heap, key).unwrap_or(end);
        self.next_at(from).map_or(end, |(position, ..)| position) - from
    }

    /// The position behind a key (`findindex`); a key removed during the traversal still has one.
    fn position_of(&self, heap: &Heap, key: Value) -> Result<u32, BadKey> {
        if key.is_nil() {
            return Ok(0);
        }
        match self.find(heap, key) {
            Place::Array(i) => Ok(i + 1),
            Place::Node(node) => Ok(self.array_len() + self.nodes.get().index(node) + 1),
            Place::Absent => {
                let node = self.find_dead(heap, key).ok_or(BadKey)?;
                Ok(self.array_len() + self.nodes.get().index(node) + 1)
            }
        }
    }

    /// A dead key is known by the address of the object that it was.
    fn find_dead(&self, heap: &Heap, key: Value) -> Option<NodeRef> {
        let mut node = self.main_position(heap, key);
        loop {
            if node.key_tag() == Tag::DEAD_KEY && node.key_payload() == key.payload() {
                return Some(node);
            }
            node = node.follow()?;
        }
    }

    /// A border in the array part, between a present `low` (or 0) and an absent `high`.
    fn search_array(&self, mut low: u32, mut high: u32) -> u32 {
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if self.array.get().tag(middle - 1) == Tag::NIL {
                high = middle;
            } else {
                low = middle;
            }
        }
        low
    }

    /// A border beyond the array part (`hash_search`): doubling, then halving.
    fn search_nodes(&self, start: u64) -> i64 {
        let mut low = start;
        let mut high = if start == 0 { 1 } else { start * 2 };
        while !self.get_int(high as i64).is_nil() {
            low = high;
            if high > i64::MAX as u64 / 2 {
                if self.get_int(i64::MAX).is_nil() {
                    high = i64::MAX as u64;
                    break;
                }
                return i64::MAX;
            }
            high *= 2;
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if self.get_int(middle as i64).is_nil() {
                high = middle;
            } else {
                low = middle;
            }
        }
        low as i64
    }
}

impl Gc<Table> {
    /// A border (manual section 3.4.7), found as `luaH_getn` finds it.
    pub(crate) fn border(self) -> i64 {
        let array = self.array.get();
        let size = self.array_len();
        let is_hint = size.is_power_of_two();
        let limit = self.border.get().min(size);
        let limit = if limit == 0 { size } else { limit };
        if limit > 0 && array.tag(limit - 1) == Tag::NIL {
            let found = if limit >= 2 && array.tag(limit - 2) != Tag::NIL {
                limit - 1
            } else {
                self.search_array(0, limit)
            };
            if is_hint && found > size / 2 {
                self.border.set(found);
            }
            return i64::from(found);
        }
        if limit < size {
            if array.tag(limit) == Tag::NIL {
                return i64::from(limit);
            }
            if array.tag(size - 1) == Tag::NIL {
                // One item was added since: the common case, and it saves the search.
                let found = if array.tag(limit + 1) == Tag::NIL {
                    limit + 1
                } else {
                    self.search_array(limit, size)
                };
                self.border.set(found);
                return i64::from(found);
            }
        }
        self.border.set(size);
        if self.nodes.get().is_none() || self.get_int(i64::from(size) + 1).is_nil() {
            return i64::from(size);
        }
        self.search_nodes(size.into())
    }
}
