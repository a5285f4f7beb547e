//! A thread's stack of values and its stack of frames.
//!
//! Both are contiguous and move when they grow, and when they shrink, at safepoints. A [`Slot`] is a
//! raw place in the value stack: it is valid until the stack moves, and code that may move it reads its
//! base from the frame again.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error, realloc};
use std::cell::Cell;
use std::ptr::NonNull;

use crate::call::TAIL_CALLED;
use crate::heap::Gc;
use crate::hook::Hooks;
use crate::interp::{Consts, Pc};
use crate::upvalue::Upval;
use crate::value::{Tag, Value};

/// A place for a value: a stack slot, or the content of a closed upvalue.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(transparent)]
pub(crate) struct Slot(*mut Value);

impl Slot {
    pub(crate) const NULL: Self = Self(std::ptr::null_mut());

    pub(crate) fn of_cell(cell: &Cell<Value>) -> Self {
        Self(cell.as_ptr())
    }

    #[inline(always)]
    pub(crate) fn get(self) -> Value {
        // SAFETY: [G3] the slot lies in the running thread's stack, or in an upvalue that is alive.
        unsafe { *self.0 }
    }

    #[inline(always)]
    pub(crate) fn set(self, value: Value) {
        // SAFETY: [G3] as in `get`.
        unsafe { *self.0 = value }
    }

    /// The tag alone: handlers look at tags before they load payloads, to keep to few registers.
    #[inline(always)]
    pub(crate) fn tag(self) -> Tag {
        // SAFETY: [G3] as in `get`; a value is `repr(C)` with the tag behind eight bytes.
        unsafe { *self.0.cast::<Tag>().add(8) }
    }

    /// The payload alone.
    #[inline(always)]
    pub(crate) fn payload(self) -> u64 {
        // SAFETY: [G3] as in `get`; a value is `repr(C)` with the payload first.
        unsafe { *self.0.cast::<u64>() }
    }

    #[inline(always)]
    pub(crate) fn int(self) -> i64 {
        self.payload() as i64
    }

    #[inline(always)]
    pub(crate) fn float(self) -> f64 {
        f64::from_bits(self.payload())
    }

    #[inline(always)]
    pub(crate) fn add(self, n: usize) -> Self {
        Self(self.0.wrapping_add(n))
    }

    #[inline(always)]
    pub(crate) fn sub(self, n: usize) -> Self {
        Self(self.0.wrapping_sub(n))
    }

    /// The register at `offset` bytes, seen from a Lua function's base: operands of internal
    /// instructions are multiplied already ([S2]).
    #[inline(always)]
    pub(crate) fn reg(self, offset: usize) -> Self {
        #[cfg(feature = "checked")]
        crate::interp::checked::register(self, offset);
        Self(self.0.wrapping_byte_add(offset))
    }

    /// How many slots this one is above `other`; zero if it is not.
    #[inline(always)]
    pub(crate) fn above(self, other: Self) -> usize {
        self.0.addr().saturating_sub(other.0.addr()) / size_of::<Value>()
    }

    /// Copies `n` values from `source` up, lowest first, so that the target may overlap from below.
    #[inline(always)]
    pub(crate) fn copy_from(self, source: Self, n: usize) {
        for i in 0..n {
            self.add(i).set(source.add(i).get());
        }
    }

    /// Makes `n` slots nil.
    #[inline(always)]
    pub(crate) fn clear(self, n: usize) {
        for i in 0..n {
            self.add(i).set(Value::NIL);
        }
    }

    /// The same, better where they are many.
    fn wipe(self, n: usize) {
        // SAFETY: [G3] the callers pass slots of their stack; nil is all zeros.
        unsafe { self.0.write_bytes(0, n) };
    }
}

const _: () = assert!(Value::NIL.is_all_zeros());

/// Slots above the limit that a metamethod call or an error handler may use before it checks.
const EXTRA_SLOTS: usize = 8;
/// More than a new stack takes, with its record.
pub(crate) const STACK_BYTES: usize = 4 << 10;
/// Enough for a coroutine whose function has ten registers to yield.
const FIRST_SLOTS: usize = 32 + EXTRA_SLOTS;
const FIRST_FRAMES: usize = 4;
/// Slots that a native function may push without asking (`LUA_MINSTACK`).
pub(crate) const NATIVE_ROOM: usize = 20;
/// A stack, or a stack of frames, of no more than so many is left as it is.
const SMALL: usize = 1024;

/// The record of a running function.
pub(crate) struct Frame {
    /// First register, or first argument of a native function; the function itself stands below.
    pub(crate) base: Cell<Slot>,
    /// Where to go on; null in a native function.
    pub(crate) pc: Cell<Pc>,
    pub(crate) consts: Cell<Consts>,
    /// How many results the caller wants, or one of the special codes of `call`.
    pub(crate) want: Cell<i32>,
    /// Lua: number of variable arguments in the low bits; flags in the high ones. Native: what to
    /// do when the function that it called returns.
    pub(crate) info: Cell<u32>,
}

const _: () = assert!(size_of::<Frame>() == 32);

/// A frame of the running thread.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd)]
pub(crate) struct FrameRef(*mut Frame);

impl std::ops::Deref for FrameRef {
    type Target = Frame;

    #[inline(always)]
    fn deref(&self) -> &Frame {
        // SAFETY: [G9] it lies in the frame stack of the running thread, at or below its top.
        unsafe { &*self.0 }
    }
}

impl FrameRef {
    /// The frame below; there is one below every frame but the first.
    #[inline(always)]
    pub(crate) fn below(self) -> Self {
        Self(self.0.wrapping_sub(1))
    }

    #[inline(always)]
    pub(crate) fn above(self) -> Self {
        Self(self.0.wrapping_add(1))
    }

    #[inline(always)]
    pub(crate) fn is_lua(&self) -> bool {
        !self.pc.get().is_null()
    }

    /// Whether it is a Lua function's that took the place of its caller.
    pub(crate) fn is_tail_called(&self) -> bool {
        self.is_lua() && self.info.get() & TAIL_CALLED != 0
    }

    /// The function that runs in it.
    #[inline(always)]
    pub(crate) fn function(&self) -> Value {
        self.base.get().sub(1).get()
    }
}

/// The two stacks of a thread and what hangs on them.
pub(crate) struct Stack {
    slots: NonNull<Value>,
    n_slots: usize,
    frames: NonNull<Frame>,
    n_frames: usize,
    /// The running function's frame.
    pub(crate) frame: FrameRef,
    last_frame: FrameRef,
    /// Behind the arguments of a native function, or the values of an open result.
    pub(crate) top: Slot,
    /// Registers must end here.
    pub(crate) limit: Slot,
    /// The open upvalue of the highest slot.
    pub(crate) open: Option<Gc<Upval>>,
    /// To-be-closed variables, by position in the stack, rising.
    pub(crate) to_close: Vec<u32>,
    /// The highest slot that is captured or to be closed; null if none is.
    pub(crate) pending: Slot,
    /// Debug hooks, if any were ever set.
    pub(crate) hooks: Option<Box<Hooks>>,
    /// The depth at which a finalizer was called.
    pub(crate) finalizing_at: Option<u32>,
}

fn slots_layout(n: usize) -> Layout {
    Layout::array::<Value>(n).expect("a stack is bounded")
}

fn frames_layout(n: usize) -> Layout {
    Layout::array::<Frame>(n).expect("a stack is bounded")
}

fn check<T>(ptr: *mut u8, layout: Layout) -> NonNull<T> {
    NonNull::new(ptr.cast()).unwrap_or_else(|| handle_alloc_error(layout))
}

impl Stack {
    /// A stack with one frame, which is nobody's.
    pub(crate) fn new() -> Self {
        let layout = slots_layout(FIRST_SLOTS);
        // SAFETY: [G7] the size is not zero.
        let slots = check::<Value>(unsafe { alloc(layout) }, layout);
        let layout = frames_layout(FIRST_FRAMES);
        // SAFETY: [G7] the size is not zero.
        let frames = check::<Frame>(unsafe { alloc(layout) }, layout);
        let bottom = Slot(slots.as_ptr());
        let mut stack = Self {
            slots,
            n_slots: FIRST_SLOTS,
            frames,
            n_frames: FIRST_FRAMES,
            frame: FrameRef(frames.as_ptr()),
            last_frame: FrameRef(frames.as_ptr().wrapping_add(FIRST_FRAMES - 1)),
            top: bottom,
            limit: bottom.add(FIRST_SLOTS - EXTRA_SLOTS),
            open: None,
            to_close: Vec::new(),
            pending: Slot::NULL,
            hooks: None,
            finalizing_at: None,
        };
        stack.wipe();
        stack.reset();
        stack
    }

    /// Makes all slots nil.
    pub(crate) fn wipe(&mut self) {
        self.bottom().wipe(self.n_slots);
    }

    /// Makes the slots above the top nil.
    pub(crate) fn wipe_above_top(&self) {
        self.top.wipe(self.end().above(self.top));
    }

    /// Makes it as a new one of its size, but for what is above the top.
    pub(crate) fn reset(&mut self) {
        let bottom = self.bottom();
        bottom.set(Value::NIL);
        self.frame = self.first_frame();
        self.top = bottom.add(1);
        self.open = None;
        self.to_close.clear();
        self.pending = Slot::NULL;
        self.hooks = None;
        self.finalizing_at = None;
        self.write_frame(self.frame, bottom.add(1));
    }

    /// Bytes that it takes.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>() + self.n_slots * size_of::<Value>() + self.n_frames * size_of::<Frame>()
    }

    /// Whether it has never grown.
    pub(crate) fn has_first_size(&self) -> bool {
        self.n_slots == FIRST_SLOTS && self.n_frames == FIRST_FRAMES
    }

    /// Whether nothing runs on it or hangs on it.
    pub(crate) fn is_bare(&self) -> bool {
        self.depth() == 0 && self.open.is_none() && self.to_close.is_empty() && self.hooks.is_none()
    }

    fn write_frame(&mut self, frame: FrameRef, base: Slot) {
        let fresh = Frame {
            base: Cell::new(base),
            pc: Cell::new(Pc::NULL),
            consts: Cell::new(Consts::NULL),
            want: Cell::new(0),
            info: Cell::new(0),
        };
        // SAFETY: [G9] the callers pass a place of the frame stack.
        unsafe { frame.0.write(fresh) };
    }

    #[inline(always)]
    pub(crate) fn bottom(&self) -> Slot {
        Slot(self.slots.as_ptr())
    }

    #[inline(always)]
    pub(crate) fn first_frame(&self) -> FrameRef {
        FrameRef(self.frames.as_ptr())
    }

    /// Number of frames above the first.
    pub(crate) fn depth(&self) -> usize {
        (self.frame.0.addr() - self.frames.as_ptr().addr()) / size_of::<Frame>()
    }

    pub(crate) fn frame_at(&self, depth: usize) -> FrameRef {
        assert!(depth <= self.depth());
        FrameRef(self.frames.as_ptr().wrapping_add(depth))
    }

    /// A slot's position, which stays when the stack moves.
    pub(crate) fn position(&self, slot: Slot) -> usize {
        slot.above(self.bottom())
    }

    pub(crate) fn slot_at(&self, position: usize) -> Slot {
        debug_assert!(position <= self.n_slots);
        self.bottom().add(position)
    }

    /// Number of slots up to the limit.
    pub(crate) fn capacity(&self) -> usize {
        self.n_slots - EXTRA_SLOTS
    }

    pub(crate) fn end(&self) -> Slot {
        self.bottom().add(self.n_slots)
    }

    /// Pushes a frame and makes it the running one.
    #[inline(always)]
    pub(crate) fn push_frame(&mut self, base: Slot, pc: Pc, consts: Consts, want: i32, info: u32) {
        if self.frame == self.last_frame {
            self.grow_frames();
        }
        self.frame = self.frame.above();
        let frame = Frame {
            base: Cell::new(base),
            pc: Cell::new(pc),
            consts: Cell::new(consts),
            want: Cell::new(want),
            info: Cell::new(info),
        };
        // SAFETY: [G9] the new top is at most the last frame.
        unsafe { self.frame.0.write(frame) };
    }

    /// Whether a native function whose arguments end at `top` can be called without moving anything.
    #[inline(always)]
    pub(crate) fn has_native_room(&self, top: Slot) -> bool {
        top.add(NATIVE_ROOM) <= self.limit && self.has_frame_room()
    }

    /// Whether a frame can be pushed without moving the frame stack.
    #[inline(always)]
    pub(crate) fn has_frame_room(&self) -> bool {
        self.frame != self.last_frame
    }

    #[inline(always)]
    pub(crate) fn pop_frame(&mut self) {
        debug_assert!(self.frame > self.first_frame());
        self.frame = self.frame.below();
    }

    #[cold]
    #[inline(never)]
    fn grow_frames(&mut self) {
        self.resize_frames(self.n_frames * 2);
    }

    fn resize_frames(&mut self, n: usize) {
        let depth = self.depth();
        assert!(depth < n);
        let layout = frames_layout(n);
        // SAFETY: [G7] allocated with the old layout; a frame is plain data.
        let ptr = unsafe {
            realloc(self.frames.as_ptr().cast(), frames_layout(self.n_frames), layout.size())
        };
        self.frames = check(ptr, layout);
        self.n_frames = n;
        self.frame = FrameRef(self.frames.as_ptr().wrapping_add(depth));
        self.last_frame = FrameRef(self.frames.as_ptr().wrapping_add(n - 1));
    }

    /// Moves the values to a stack with `n` slots up to the limit, and everything that points to
    /// them.
    pub(crate) fn resize(&mut self, n: usize) {
        let n = n + EXTRA_SLOTS;
        let old_bottom = self.bottom();
        let old_n = self.n_slots;
        let layout = slots_layout(n);
        // SAFETY: [G7] allocated with the old layout; a value is plain data.
        let ptr =
            unsafe { realloc(self.slots.as_ptr().cast(), slots_layout(old_n), layout.size()) };
        self.slots = check(ptr, layout);
        self.n_slots = n;
        let bottom = self.bottom();
        if n > old_n {
            bottom.add(old_n).wipe(n - old_n);
        }
        let moved = |slot: Slot| bottom.add(slot.above(old_bottom));
        self.limit = bottom.add(n - EXTRA_SLOTS);
        self.top = moved(self.top);
        if self.pending != Slot::NULL {
            self.pending = moved(self.pending);
        }
        for depth in 0..=self.depth() {
            let frame = self.frame_at(depth);
            frame.base.set(moved(frame.base.get()));
        }
        let mut open = self.open;
        while let Some(upval) = open {
            upval.set_slot(moved(upval.slot()));
            open = upval.next_open();
        }
    }
}

impl Stack {
    /// How many slots the functions that run may use, be it without asking for more.
    pub(crate) fn n_used(&self) -> usize {
        let mut end = self.top;
        for depth in 0..=self.depth() {
            let frame = self.frame_at(depth);
            if frame.is_lua()
                && let Some(closure) = frame.function().as_closure()
            {
                end = end.max(frame.base.get().add(usize::from(closure.proto().max_stack)));
            }
        }
        self.position(end) + NATIVE_ROOM
    }

    /// Gives back what a deep recursion took, if less than a third of it is in use
    /// (`luaD_shrinkstack`); not while an overflow of more than `max` slots is handled.
    pub(crate) fn shrink(&mut self, max: usize) {
        let size = self.capacity();
        // Each frame takes a slot at least, so this is quick where there are many frames.
        if size > SMALL && size <= max && self.position(self.top) < size / 3 {
            let n = self.n_used();
            if n < size / 3 {
                self.resize((n * 2).max(SMALL));
            }
        }
        let n = self.depth() + 1;
        if self.n_frames > SMALL && n < self.n_frames / 3 {
            self.resize_frames((n * 2).max(SMALL));
        }
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        // SAFETY: [G7] allocated with these layouts.
        unsafe {
            dealloc(self.slots.as_ptr().cast(), slots_layout(self.n_slots));
            dealloc(self.frames.as_ptr().cast(), frames_layout(self.n_frames));
        }
    }
}
