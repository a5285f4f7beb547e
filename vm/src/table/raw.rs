//! The memory of a table's two parts.
//!
//! The array part is one buffer with the payloads growing downwards and the tags upwards from the
//! pointer in between: nine bytes an item, both reached from one pointer, as in Lua 5.5. The node
//! part is a power of two of 24-byte nodes, a payload and a tag each for key and value.

use std::cell::Cell;
use std::ptr::NonNull;

use crate::value::{Tag, Value};

/// A pointer between the payloads and the tags of an array part.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct ArrayPtr(*mut u8);

impl ArrayPtr {
    pub(super) const EMPTY: Self = Self(std::ptr::null_mut());

    /// Bytes for `n` items.
    pub(super) const fn bytes(n: u32) -> usize {
        (n as usize * 9 + 7) & !7
    }

    /// The array part of `n` items in a buffer of [`ArrayPtr::bytes`].
    pub(super) fn in_buffer(buffer: NonNull<u8>, n: u32) -> Self {
        // SAFETY: [G4] the buffer is n * 8 bytes of payloads and then n tags.
        Self(unsafe { buffer.as_ptr().add(n as usize * 8) })
    }

    /// The array part of `n` items in a buffer that holds one of `n_old` at its start, all of which
    /// it keeps.
    pub(super) fn in_grown_buffer(buffer: NonNull<u8>, n_old: u32, n: u32) -> Self {
        let new = Self::in_buffer(buffer, n);
        let old = Self::in_buffer(buffer, n_old);
        let n_old = n_old as usize;
        // SAFETY: [G4] both parts lie in the buffer. The tags' new place is behind everything old;
        // the payloads' may have been the tags'.
        unsafe {
            std::ptr::copy(old.0, new.0, n_old);
            std::ptr::copy(old.0.sub(n_old * 8), new.0.sub(n_old * 8), n_old * 8);
        }
        new
    }

    /// The buffer of an array part of `n` items.
    pub(super) fn buffer(self, n: u32) -> NonNull<u8> {
        // SAFETY: [G4] the pointer stands n * 8 bytes behind the start of the buffer.
        unsafe { NonNull::new_unchecked(self.0.sub(n as usize * 8)) }
    }

    pub(super) fn addr(self) -> usize {
        self.0.addr()
    }

    #[inline(always)]
    pub(super) fn tag(self, i: u32) -> Tag {
        // SAFETY: [G4] i is below the size of the array part.
        unsafe { *self.0.add(i as usize).cast::<Tag>() }
    }

    #[inline(always)]
    pub(super) fn get(self, i: u32) -> Value {
        // SAFETY: [G4] i is below the size of the array part.
        let payload = unsafe { *self.0.cast::<u64>().sub(1 + i as usize) };
        Value::from_parts(self.tag(i), payload)
    }

    #[inline(always)]
    pub(super) fn set(self, i: u32, value: Value) {
        // SAFETY: [G4] i is below the size of the array part.
        unsafe {
            *self.0.cast::<u64>().sub(1 + i as usize) = value.payload();
            *self.0.add(i as usize).cast::<Tag>() = value.tag();
        }
    }

    /// Makes items nil.
    pub(super) fn clear(self, items: std::ops::Range<u32>) {
        if !items.is_empty() {
            // SAFETY: [G4] the range lies below the size of the array part; nil's tag is zero.
            unsafe { self.0.add(items.start as usize).write_bytes(Tag::NIL.0, items.len()) };
        }
    }

    /// Copies the first `n` items from another array part.
    pub(super) fn copy_from(self, other: Self, n: u32) {
        let n = n as usize;
        if n > 0 {
            // SAFETY: [G4] both have at least n items, in different buffers.
            unsafe {
                self.0.sub(n * 8).copy_from_nonoverlapping(other.0.sub(n * 8), n * 8);
                self.0.copy_from_nonoverlapping(other.0, n);
            }
        }
    }

    /// Moves `n` items from one place to another that may overlap it.
    pub(super) fn move_items(self, from: u32, to: u32, n: u32) {
        let (from, to, n) = (from as usize, to as usize, n as usize);
        // SAFETY: [G4] both ranges lie below the size of the array part.
        unsafe {
            std::ptr::copy(self.0.sub((from + n) * 8), self.0.sub((to + n) * 8), n * 8);
            std::ptr::copy(self.0.add(from), self.0.add(to), n);
        }
    }

    /// Number of items in `from..to` that are not nil.
    pub(super) fn count(self, from: u32, to: u32) -> u32 {
        if from >= to {
            return 0;
        }
        // SAFETY: [G4] the range lies below the size of the array part.
        let tags =
            unsafe { std::slice::from_raw_parts(self.0.add(from as usize), (to - from) as usize) };
        tags.iter().map(|t| u32::from(*t != Tag::NIL.0)).sum()
    }
}

/// One entry of the node part.
#[repr(C)]
pub(super) struct Node {
    value_payload: Cell<u64>,
    value_tag: Cell<Tag>,
    key_tag: Cell<Tag>,
    /// Distance, in nodes, to the next of the same chain; zero ends it.
    next: Cell<i32>,
    key_payload: Cell<u64>,
}

const _: () = assert!(size_of::<Node>() == 24);

impl Node {
    const fn empty() -> Self {
        Self {
            value_payload: Cell::new(0),
            value_tag: Cell::new(Tag::NIL),
            key_tag: Cell::new(Tag::NIL),
            next: Cell::new(0),
            key_payload: Cell::new(0),
        }
    }

    #[inline(always)]
    pub(super) fn value_tag(&self) -> Tag {
        self.value_tag.get()
    }

    #[inline(always)]
    pub(super) fn value(&self) -> Value {
        Value::from_parts(self.value_tag.get(), self.value_payload.get())
    }

    #[inline(always)]
    pub(super) fn set_value(&self, value: Value) {
        self.value_payload.set(value.payload());
        self.value_tag.set(value.tag());
    }

    #[inline(always)]
    pub(super) fn key_tag(&self) -> Tag {
        self.key_tag.get()
    }

    #[inline(always)]
    pub(super) fn key_payload(&self) -> u64 {
        self.key_payload.get()
    }

    /// The key, unless it is dead.
    #[inline(always)]
    pub(super) fn key(&self) -> Value {
        Value::from_parts(self.key_tag.get(), self.key_payload.get())
    }

    pub(super) fn set_key(&self, key: Value) {
        self.key_payload.set(key.payload());
        self.key_tag.set(key.tag());
    }

    /// Forgets the key but not its address, by which `next` still finds the place.
    pub(super) fn kill_key(&self) {
        self.key_tag.set(Tag::DEAD_KEY);
    }

    #[inline(always)]
    pub(super) fn next(&self) -> i32 {
        self.next.get()
    }

    pub(super) fn set_next(&self, distance: i32) {
        self.next.set(distance);
    }
}

/// The nodes of a table; how many is the table's mask plus one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct NodePtr(*const Node);

struct SharedNode(Node);

// SAFETY: [G8] nothing writes the shared empty node: a table that has it has no free node.
unsafe impl Sync for SharedNode {}

/// The node part of every table that has none.
static NO_NODE: SharedNode = SharedNode(Node::empty());

impl NodePtr {
    pub(super) fn none() -> Self {
        Self(&raw const NO_NODE.0)
    }

    pub(super) fn is_none(self) -> bool {
        self == Self::none()
    }

    pub(super) const fn bytes(n: u32) -> usize {
        n as usize * size_of::<Node>()
    }

    /// Makes a buffer of [`NodePtr::bytes`] into `n` empty nodes.
    pub(super) fn in_buffer(buffer: NonNull<u8>, n: u32) -> Self {
        let first = buffer.as_ptr().cast::<Node>();
        for i in 0..n as usize {
            // SAFETY: [G4] the buffer has room for n nodes.
            unsafe { first.add(i).write(Node::empty()) };
        }
        Self(first)
    }

    pub(super) fn buffer(self) -> NonNull<u8> {
        NonNull::new(self.0.cast_mut().cast()).expect("a node part is never null")
    }

    #[inline(always)]
    pub(super) fn at(self, i: u32) -> NodeRef {
        // SAFETY: [G4] i is at most the table's mask.
        NodeRef(unsafe { self.0.add(i as usize) })
    }

    /// The position of one of the part's nodes.
    pub(super) fn index(self, node: NodeRef) -> u32 {
        ((node.0.addr() - self.0.addr()) / size_of::<Node>()) as u32
    }
}

/// One node of a table that is alive and not resized meanwhile.
#[derive(Clone, Copy)]
pub(super) struct NodeRef(*const Node);

impl std::ops::Deref for NodeRef {
    type Target = Node;

    #[inline(always)]
    fn deref(&self) -> &Node {
        // SAFETY: [G4] made by `NodePtr::at` or `follow`, so that it lies in the node part.
        unsafe { &*self.0 }
    }
}

impl NodeRef {
    /// The next node of the chain.
    #[inline(always)]
    pub(super) fn follow(self) -> Option<Self> {
        let distance = self.next() as isize;
        // SAFETY: [G4] a nonzero distance leads to another node of the same part.
        (distance != 0).then(|| Self(unsafe { self.0.offset(distance) }))
    }

    pub(super) fn is(self, other: Self) -> bool {
        self.0 == other.0
    }

    /// How far it is from here to `other`, in nodes.
    pub(super) fn distance_to(self, other: Self) -> i32 {
        ((other.0.addr() as isize - self.0.addr() as isize) / size_of::<Node>() as isize) as i32
    }
}
