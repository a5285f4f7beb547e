//! Growth: how large the two parts should be, and moving into them.

use std::ops::Range;

use super::{ArrayPtr, KeyError, NodePtr, Table, float_key};
use crate::heap::{Gc, Heap, can_allocate};
use crate::value::{Tag, Value};

/// Largest array part and node part, in items: what a 32-bit position can count, and more than
/// memory holds.
const MAX_PART: u64 = 1 << 31;

/// Integer keys by size: `slice[i]` counts those in `2^(i-1) < key <= 2^i`.
struct Census {
    slices: [u32; 32],
    /// Keys that could be in an array part.
    n_candidates: u32,
    n_total: u32,
}

impl Census {
    fn count_key(&mut self, key: Value) {
        self.n_total += 1;
        if let Some(k @ 1..) = key.as_int()
            && k as u64 <= MAX_PART
        {
            self.slices[(64 - (k as u64 - 1).leading_zeros()) as usize % 32] += 1;
            self.n_candidates += 1;
        }
    }

    /// The largest power of two such that more than half of 1..=size is in use, and how many of
    /// the candidates that takes (`computesizes`).
    fn array_size(&self) -> (u32, u32) {
        let (mut best, mut in_best, mut so_far) = (0, 0, 0);
        for (i, n) in self.slices.iter().enumerate() {
            let size = 1_u64 << i;
            if u64::from(self.n_candidates) <= size / 2 {
                break;
            }
            so_far += n;
            if u64::from(so_far) > size / 2 {
                best = size as u32;
                in_best = so_far;
            }
        }
        (best, in_best)
    }
}

impl Table {
    fn set_nodes(&self, heap: &mut Heap, n: u32) {
        if n == 0 {
            self.nodes.set(NodePtr::none());
            self.mask.set(0);
            self.log_nodes.set(0);
            self.last_free.set(0);
        } else {
            self.nodes.set(NodePtr::in_buffer(heap.alloc_buffer(NodePtr::bytes(n)), n));
            self.mask.set(n - 1);
            self.log_nodes.set(n.ilog2() as u8);
            self.last_free.set(n);
        }
    }

    /// Bytes behind the fixed part that an inline array of `n` items takes.
    pub(crate) const fn inline_bytes(n: u32) -> usize {
        ArrayPtr::bytes(n)
    }

    /// Calls `visit` for each of some items of the array part.
    pub(crate) fn for_each_item(&self, items: Range<u32>, mut visit: impl FnMut(Value)) {
        for i in items {
            visit(self.array.get().get(i));
        }
    }

    /// Calls `visit` with key and value of each node that has a value; what it returns as false is
    /// removed. The keys of removed and empty nodes become dead.
    pub(crate) fn sweep_nodes(&self, mut keep: impl FnMut(Value, Value) -> bool) {
        for i in 0..self.n_nodes() {
            let node = self.nodes.get().at(i);
            if node.value_tag() != Tag::NIL && !keep(node.key(), node.value()) {
                node.set_value(Value::NIL);
            }
            if node.value_tag() == Tag::NIL && node.key_tag().is_collectable() {
                node.kill_key();
            }
        }
    }

    /// Makes the items of the array part nil for which `keep` says no.
    pub(crate) fn sweep_items(&self, mut keep: impl FnMut(Value) -> bool) {
        for i in 0..self.array_len() {
            if !keep(self.array.get().get(i)) {
                self.array.get().set(i, Value::NIL);
            }
        }
    }
}

impl Gc<Table> {
    /// Makes room for one more key by choosing both sizes anew (`rehash`).
    #[cold]
    #[inline(never)]
    pub(super) fn rehash(self, heap: &mut Heap, extra: Value) -> Result<(), KeyError> {
        let n_items = self.array_len();
        if self.is_full_sequence() && extra.as_int() == Some(i64::from(n_items) + 1) {
            // What the census would come to.
            return self.resize(heap, (2 * n_items).max(1), 0);
        }
        let mut census = Census { slices: [0; 32], n_candidates: 0, n_total: 0 };
        let (mut low, mut high, mut slice) = (0, 1, 0);
        let size = self.array_len();
        while low < size {
            let n = self.array.get().count(low, high.min(size));
            census.slices[slice] += n;
            census.n_candidates += n;
            census.n_total += n;
            low = high;
            high = high.saturating_mul(2);
            slice += 1;
        }
        for i in 0..self.n_nodes() {
            let node = self.nodes.get().at(i);
            if node.value_tag() != Tag::NIL {
                census.count_key(node.key());
            }
        }
        let extra = extra.as_float().and_then(float_key).map_or(extra, Value::int);
        census.count_key(extra);
        let (n_array, in_array) = census.array_size();
        self.resize(heap, n_array, census.n_total - in_array)
    }

    /// Whether there is nothing but an array part without a nil, of a size that may be doubled.
    fn is_full_sequence(self) -> bool {
        let n = self.array_len();
        self.nodes.get().is_none()
            && (n == 0 || n.is_power_of_two() && u64::from(n) < MAX_PART)
            && self.array.get().count(0, n) == n
    }

    /// Gives the parts room for that many items, and moves what is there (`luaH_resize`).
    ///
    /// # Errors
    ///
    /// [`KeyError::Overflow`] if a part would be too large to count, [`KeyError::NoMemory`] if it
    /// would be too large for the system.
    pub(crate) fn resize(self, heap: &mut Heap, n_array: u32, n_hash: u32) -> Result<(), KeyError> {
        if u64::from(n_array) > MAX_PART || u64::from(n_hash) > MAX_PART / 2 {
            return Err(KeyError::Overflow);
        }
        let bytes = ArrayPtr::bytes(n_array) + NodePtr::bytes(n_hash.next_power_of_two());
        if !can_allocate(bytes) {
            return Err(KeyError::NoMemory);
        }
        let old_nodes = self.nodes.get();
        let n_old_nodes = self.n_nodes();
        let n_nodes = if n_hash == 0 { 0 } else { n_hash.next_power_of_two() };
        let old_array = self.array.get();
        let n_old_array = self.array_len();
        let keeps_nodes = n_nodes == 0 && n_old_nodes == 0;
        if !keeps_nodes {
            self.set_nodes(heap, n_nodes);
        }
        if n_array > n_old_array {
            self.grow_array(heap, n_array);
        } else if n_array < n_old_array {
            self.shrink_array(heap, n_array, old_array, n_old_array)?;
        }
        if keeps_nodes {
            return Ok(());
        }
        // Backwards, as the reference, so that chains come out in the same order.
        for i in (0..n_old_nodes).rev() {
            let node = old_nodes.at(i);
            if node.value_tag() != Tag::NIL {
                let absences = self.header.small.get();
                self.set_absent(heap, node.key(), node.value())?;
                self.header.small.set(absences);
            }
        }
        if n_old_nodes > 0 {
            heap.free_buffer(old_nodes.buffer(), NodePtr::bytes(n_old_nodes));
        }
        Ok(())
    }

    /// Makes room in the array part of a table that has none.
    pub(crate) fn reserve_array(self, heap: &mut Heap, n: u32) {
        if n > self.array_len() {
            self.grow_array(heap, n);
        }
    }

    /// Makes room in the array part before many items are set.
    pub(crate) fn ensure_array(self, heap: &mut Heap, n: u32) {
        if n > self.array_len() && u64::from(n) <= MAX_PART {
            self.grow_array(heap, n);
        }
    }

    /// Makes room in the node part of a table that has none.
    pub(crate) fn reserve_nodes(self, heap: &mut Heap, n: u32) {
        if self.n_nodes() == 0 {
            self.set_nodes(heap, n.next_power_of_two());
        }
    }

    fn grow_array(self, heap: &mut Heap, n: u32) {
        let old = self.array.get();
        let n_old = self.array_len();
        let owns_buffer = n_old > 0 && !self.has_inline_array();
        let (old_bytes, bytes) = (ArrayPtr::bytes(n_old), ArrayPtr::bytes(n));
        let grown =
            if owns_buffer { heap.grow_buffer(old.buffer(n_old), old_bytes, bytes) } else { None };
        let new = match grown {
            Some(buffer) => ArrayPtr::in_grown_buffer(buffer, n_old, n),
            None => {
                let new = ArrayPtr::in_buffer(heap.alloc_buffer(bytes), n);
                new.copy_from(old, n_old);
                if owns_buffer {
                    heap.free_buffer(old.buffer(n_old), old_bytes);
                }
                new
            }
        };
        new.clear(n_old..n);
        self.array.set(new);
        self.header.word.set(n);
        self.border.set(self.border.get().min(n_old));
    }

    fn shrink_array(
        self,
        heap: &mut Heap,
        n: u32,
        old: ArrayPtr,
        n_old: u32,
    ) -> Result<(), KeyError> {
        let was_inline = self.has_inline_array();
        let new = if n == 0 {
            ArrayPtr::EMPTY
        } else {
            ArrayPtr::in_buffer(heap.alloc_buffer(ArrayPtr::bytes(n)), n)
        };
        new.copy_from(old, n);
        self.array.set(new);
        self.header.word.set(n);
        self.border.set(0);
        for i in n..n_old {
            let value = old.get(i);
            if !value.is_nil() {
                self.insert(heap, Value::int(i64::from(i) + 1), value)?;
            }
        }
        if !was_inline {
            heap.free_buffer(old.buffer(n_old), ArrayPtr::bytes(n_old));
        }
        Ok(())
    }

    /// Gives a table that was allocated with `inline` bytes behind it its first array part there.
    pub(crate) fn init_inline_array(self, n: u32, inline: usize) {
        debug_assert!(ArrayPtr::bytes(n) <= inline);
        let start = self.behind();
        let array = ArrayPtr::in_buffer(start, n);
        array.clear(0..n);
        self.array.set(array);
        self.header.word.set(n);
        self.inline.set(inline as u16);
    }

    /// The buffers to be given back when the table dies, with their sizes.
    pub(crate) fn buffers(self) -> [Option<(std::ptr::NonNull<u8>, usize)>; 2] {
        let n = self.array_len();
        let array = (n > 0 && !self.has_inline_array())
            .then(|| (self.array.get().buffer(n), ArrayPtr::bytes(n)));
        let n_nodes = self.n_nodes();
        let nodes = (n_nodes > 0).then(|| (self.nodes.get().buffer(), NodePtr::bytes(n_nodes)));
        [array, nodes]
    }
}
