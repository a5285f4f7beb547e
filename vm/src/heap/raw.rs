//! Pointers to heap objects: the only place that turns an address into a reference.
//!
//! The invariants cited here are stated in the parent module.

use std::cell::Cell;
use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr::NonNull;

use crate::closure::{Closure, NativeClosure, NativeFn};
use crate::proto::FuncProto;
use crate::string::Str;
use crate::table::Table;
use crate::thread::Thread;
use crate::upvalue::Upval;
use crate::userdata::{HostData, Userdata};
use crate::value::{Tag, Value};

/// What every heap object begins with. The last three fields belong to the kind of object: see the
/// accessors of each.
#[repr(C)]
pub(crate) struct Header {
    tag: Cell<Tag>,
    /// Colour and flags, see `mark`.
    pub(crate) mark: Cell<u8>,
    pub(crate) small: Cell<u8>,
    pub(crate) bits: Cell<u8>,
    pub(crate) word: Cell<u32>,
}

const _: () = assert!(size_of::<Header>() == 8);

impl Header {
    /// A header for an object that is about to be given to the heap, which sets the colour.
    pub(crate) const fn new(tag: Tag) -> Self {
        Self {
            tag: Cell::new(tag),
            mark: Cell::new(0),
            small: Cell::new(0),
            bits: Cell::new(0),
            word: Cell::new(0),
        }
    }

    #[inline(always)]
    pub(crate) fn tag(&self) -> Tag {
        self.tag.get()
    }
}

/// Types that live in the heap: `repr(C)`, beginning with a [`Header`].
///
/// # Safety
///
/// The layout must be as said, since [`Gc::header`] relies on it.
pub(crate) unsafe trait Object {}

// SAFETY: [G4] repr(C) with the header as first field.
unsafe impl Object for Header {}
// SAFETY: [G4] repr(C) with the header as first field.
unsafe impl Object for Str {}
// SAFETY: [G4] repr(C) with the header as first field.
unsafe impl Object for Table {}
// SAFETY: [G4] repr(C) with the header as first field.
unsafe impl Object for Closure {}
// SAFETY: [G4] repr(C) with the header as first field.
unsafe impl Object for NativeClosure {}
// SAFETY: [G4] repr(C) with the header as first field.
unsafe impl Object for Upval {}
// SAFETY: [G4] repr(C) with the header as first field.
unsafe impl Object for FuncProto {}
// SAFETY: [G4] repr(C) with the header as first field.
unsafe impl Object for Thread {}
// SAFETY: [G4] repr(C) with the header as first field.
unsafe impl Object for Userdata {}

/// A pointer to a heap object of one VM. Copying it is free and keeps nothing alive.
pub(crate) struct Gc<T> {
    ptr: NonNull<T>,
    _single_thread: PhantomData<*const T>,
}

impl<T> Clone for Gc<T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Gc<T> {}

impl<T> PartialEq for Gc<T> {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.ptr == other.ptr
    }
}

impl<T> Eq for Gc<T> {}

impl<T: Object> Deref for Gc<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: [G1] the object is alive, and [G5] is only ever reached through shared references.
        unsafe { self.ptr.as_ref() }
    }
}

impl<T: Object> Gc<T> {
    /// The object at an address that [`Gc::addr`] gave, of the type that its tag says ([G2]).
    #[inline(always)]
    pub(crate) fn from_addr(addr: u64) -> Self {
        let ptr = std::ptr::with_exposed_provenance_mut(addr as usize);
        // SAFETY: [G2] the payload of a collectable value is the address of its object, never null.
        let ptr = unsafe { NonNull::new_unchecked(ptr) };
        Self { ptr, _single_thread: PhantomData }
    }

    /// Takes over a block of the allocator that holds an initialised object.
    #[inline(always)]
    pub(super) fn from_block(block: NonNull<T>) -> Self {
        Self { ptr: block, _single_thread: PhantomData }
    }

    #[inline(always)]
    pub(crate) fn addr(self) -> u64 {
        self.ptr.as_ptr().expose_provenance() as u64
    }

    #[inline(always)]
    pub(crate) fn header(&self) -> &Header {
        // SAFETY: [G4] every object begins with its header; [G1] it is alive.
        unsafe { self.ptr.cast::<Header>().as_ref() }
    }

    #[inline(always)]
    pub(crate) fn tag(self) -> Tag {
        self.header().tag()
    }

    /// The same object, its type forgotten.
    #[inline(always)]
    pub(crate) fn erase(self) -> Gc<Header> {
        Gc { ptr: self.ptr.cast(), _single_thread: PhantomData }
    }

    /// The bytes behind the object's fixed part.
    #[inline(always)]
    fn tail<E>(self) -> *mut E {
        // SAFETY: [G4] the block goes on behind the fixed part, or ends there.
        unsafe { self.ptr.as_ptr().add(1).cast() }
    }
}

impl Gc<Table> {
    /// Where the block goes on behind the fixed part.
    pub(crate) fn behind(self) -> NonNull<u8> {
        NonNull::new(self.tail()).expect("behind an object is not null")
    }
}

impl<T: Object> Gc<T> {
    /// Puts an object into a block of the allocator that is large enough.
    #[inline(always)]
    pub(super) fn emplace(block: NonNull<u8>, value: T) -> Self {
        let ptr = block.cast::<T>();
        // SAFETY: [G7] the block is free, aligned, and at least as large as the object.
        unsafe { ptr.write(value) };
        Self { ptr, _single_thread: PhantomData }
    }

    /// Runs the destructor of an object that is being freed.
    pub(super) fn destroy(self) {
        // SAFETY: [G1] nothing points to the object any more, and its block is reused only later.
        unsafe { self.ptr.drop_in_place() }
    }
}

impl Gc<Userdata> {
    /// Takes the host's data out of an object that is being freed, and destroys the rest.
    pub(super) fn take_data(self) -> HostData {
        // SAFETY: [G1] nothing points to the object any more, its block is reused only later, and
        // the object is not destroyed again.
        unsafe { self.ptr.read() }.into_data()
    }
}

impl Gc<Header> {
    /// The object as what its tag says it is; the caller has matched on the tag.
    #[inline(always)]
    pub(crate) fn cast<T: Object>(self) -> Gc<T> {
        Gc { ptr: self.ptr.cast(), _single_thread: PhantomData }
    }
}

impl Gc<Str> {
    /// The string's bytes.
    #[inline(always)]
    pub(crate) fn bytes<'a>(self) -> &'a [u8] {
        // The length of a long string stands before its bytes.
        let (start, len) = if self.tag() == Tag::SHORT_STR {
            (self.tail::<u8>(), usize::from(self.header().small.get()))
        } else {
            // SAFETY: [G6] a long string's tail is its length and that many bytes.
            unsafe { (self.tail::<u8>().add(8), *self.tail::<u64>() as usize) }
        };
        // SAFETY: [G6] a string's tail holds its bytes, which never change; [G1] it is alive.
        unsafe { std::slice::from_raw_parts(start, len) }
    }

    /// States the length of a long string that was just allocated.
    pub(super) fn init_len(self, len: usize) {
        // SAFETY: [G6] the block was allocated with room for the length before the bytes.
        unsafe { *self.tail::<u64>() = len as u64 };
    }

    /// Writes bytes into a string that was just allocated, at an offset. All of it is to be
    /// written before anything else is done with it.
    #[inline]
    pub(crate) fn fill(self, offset: usize, bytes: &[u8]) {
        let (start, len) = if self.tag() == Tag::SHORT_STR {
            (self.tail::<u8>(), usize::from(self.header().small.get()))
        } else {
            // SAFETY: [G6] a long string's tail is its length and that many bytes.
            unsafe { (self.tail::<u8>().add(8), *self.tail::<u64>() as usize) }
        };
        assert!(bytes.len() <= len && offset <= len - bytes.len());
        // SAFETY: [G6] the range lies within the string; source and target are different objects.
        unsafe { start.add(offset).copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) }
    }
}

impl Gc<Closure> {
    /// Upvalue `i`, which the verifier found below the number of upvalues.
    #[inline(always)]
    pub(crate) fn upval(self, i: usize) -> Gc<Upval> {
        #[cfg(feature = "checked")]
        assert!(i < usize::from(self.header().small.get()), "upvalue {i}");
        // SAFETY: [S5] i is below the upvalue count of the prototype, and [G6] the tail has that
        // many entries, all set when the closure was made.
        unsafe { *self.tail::<Gc<Upval>>().add(i) }
    }

    /// Sets upvalue `i` of a closure being made, or joined with another's.
    pub(crate) fn set_upval(self, i: usize, upval: Gc<Upval>) {
        assert!(i < usize::from(self.header().small.get()));
        // SAFETY: [G6] the tail has as many entries as the header says.
        unsafe { *self.tail::<Gc<Upval>>().add(i) = upval }
    }
}

impl Gc<NativeClosure> {
    pub(crate) fn upvalue(self, i: usize) -> Value {
        assert!(i < self.n_upvalues());
        // SAFETY: [G6] the tail has as many values as the header says, set when it was made.
        unsafe { *self.tail::<Value>().add(i) }
    }

    /// Sets an upvalue; the caller sees to the barrier.
    pub(crate) fn init_upvalue(self, i: usize, value: Value) {
        assert!(i < self.n_upvalues());
        // SAFETY: [G6] as in `upvalue`.
        unsafe { *self.tail::<Value>().add(i) = value }
    }
}

/// The native function whose address a light native's payload is.
pub(crate) fn static_native(payload: u64) -> &'static NativeFn {
    let ptr: *const NativeFn = std::ptr::with_exposed_provenance(payload as usize);
    // SAFETY: [G2] such a payload is written only by `Value::native`, from a static reference.
    unsafe { &*ptr }
}
