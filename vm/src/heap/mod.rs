//! The heap: objects, their memory, and the collector.
//!
//! A non-moving, precise mark-and-sweep collector: incremental, with two whites and barriers as in
//! lgc.c, or generational, with marks that stay. Invariants, cited by the `SAFETY` comments of the
//! fenced modules:
//!
//! - **G1** A `Gc` that code holds points to an object that is alive. Objects are freed only by
//!   collection steps, which run at safepoints: in the interpreter where it says so, inside calls of
//!   Lua functions, and in `Vm::find_memory`. Between safepoints a native function may hold any
//!   `Gc`; across one, only those that the stack, the registry or another root reaches.
//! - **G2** A value with a collectable tag carries the address of a live object of that kind; a
//!   native's carries that of a static. Only the constructors of `Value` make them.
//! - **G3** Every slot of every stack holds a value at all times. Slots above the top, and those of
//!   spare stacks, may hold stale ones; the atomic step makes those nil, so that no stale pointer
//!   outlives its object.
//! - **G4** Objects are `repr(C)` with their header first; the sizes in a table's header and mask
//!   are those of its parts, and a node's distance leads to a node of the same part.
//! - **G5** Objects are reached through shared references only; what changes is in cells.
//! - **G6** What stands behind an object's fixed part has the length that its header says, and was
//!   initialised when it was made.
//! - **G7** Memory is given back with the layout that it was asked with, once, when nothing uses it.
//! - **G8** The one node shared by all empty node parts is never written.
//! - **G9** `frame` points into the frame stack between the first and the last frame.
//! - **G10** The slot below the base of a Lua function's frame holds its closure as long as it runs:
//!   registers are above it, and a call is refused while a slot from the function's up is captured.
//! - **G11** The address of a VM is in the cell that its handles share only while no `&mut Vm` is in
//!   use: an operation takes it out and puts it back when its reference has ended, and a reference is
//!   lent by putting its address in until the host function that it is lent to has ended. The lock
//!   around the cell is held meanwhile. What a VM owns is reached through it only.
//! - **G12** A host value is reached only through the guards of its cell, which counts them: shared
//!   ones of one thread, or one exclusive. Guards do not change threads.

mod audit;
mod collect;
mod generational;
mod mark;
mod pages;
mod raw;
mod spare;

use std::ptr::NonNull;

pub(crate) use raw::{Gc, Header, Object, static_native};

use crate::closure::{Closure, NativeClosure, NativeFn};
use crate::proto::FuncProto;
use crate::stack::{STACK_BYTES, Slot, Stack};
use crate::string::{Interner, Str, hash_bytes};
use crate::table::Table;
use crate::thread::Thread;
use crate::upvalue::Upval;
use crate::userdata::{HostData, Userdata};
use crate::value::{Tag, Value};
use collect::Collector;
pub use collect::Stress;
use moonproof_bytecode::limits::MAX_SHORT_LEN;
use pages::Pages;
pub(crate) use pages::{Shortage, can_allocate};
use spare::SpareStacks;

/// Arrays up to this many items are allocated with their table.
const MAX_INLINE_ARRAY: u32 = 16;

/// Memory and collector state of one VM.
pub(crate) struct Heap {
    pages: Pages,
    pub(crate) strings: Interner,
    pub(crate) collector: Collector,
    /// Host data of dead userdata. Its destructors are the host's code: they run at a safepoint.
    pub(crate) dead_data: Vec<HostData>,
    /// The strings of one byte that there are, from the first one on; perhaps not all.
    byte_strings: Option<Box<[Option<Gc<Str>>; 256]>>,
    /// Stacks of dead coroutines, for new ones.
    spare_stacks: SpareStacks,
}

/// Bytes allocated between two whole collections while the system has no memory.
const SHORT_STEP_BYTES: usize = 1 << 20;

impl Heap {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            pages: Pages::new(),
            strings: Interner::new(seed),
            collector: Collector::new(),
            dead_data: Vec::new(),
            byte_strings: None,
            spare_stacks: SpareStacks::default(),
        }
    }

    /// Bytes in use.
    pub(crate) fn used(&self) -> usize {
        self.pages.used() + self.strings.bytes()
    }

    /// Whether the collector is to find memory because the system has none.
    pub(crate) fn take_shortage(&mut self) -> Shortage {
        self.pages.take_shortage()
    }

    /// To be called when the collector has done what it can about a shortage. Whether it is over.
    pub(crate) fn end_shortage(&mut self) -> bool {
        let is_over = self.pages.fill_reserve();
        self.pages.shortage = if is_over { Shortage::None } else { Shortage::Known };
        if !is_over {
            self.collector.threshold = self.pages.allocated + SHORT_STEP_BYTES;
        }
        is_over
    }

    /// Whether it is time for a collection step.
    #[inline(always)]
    pub(crate) fn is_step_due(&self) -> bool {
        self.pages.allocated >= self.collector.threshold
    }

    #[inline(always)]
    fn alloc<T: Object>(&mut self, object: T, tail: usize) -> Gc<T> {
        let size = size_of::<T>() + tail;
        if self.pages.is_exhausted(size) {
            self.sweep_for(size);
        }
        let gc = Gc::emplace(self.pages.alloc(size), object);
        gc.header().mark.set(self.collector.white());
        gc
    }

    /// Sweeps pages of a size until one has a free block, before more memory is asked for.
    #[cold]
    #[inline(never)]
    fn sweep_for(&mut self, size: usize) {
        while let Some(class) = self.pages.next_unswept(size) {
            self.sweep_page(class);
        }
    }

    /// The string of those bytes: the one there is, if it is short.
    #[inline]
    pub(crate) fn new_string(&mut self, bytes: &[u8]) -> Gc<Str> {
        if let [byte] = *bytes
            && let Some(strings) = &self.byte_strings
            && let Some(string) = strings[usize::from(byte)]
        {
            return string;
        }
        if bytes.len() > MAX_SHORT_LEN {
            return self.new_long_string(bytes);
        }
        let string = self.new_short_string(bytes);
        if let [byte] = *bytes {
            self.byte_strings.get_or_insert_with(|| Box::new([None; 256]))[usize::from(byte)] =
                Some(string);
        }
        string
    }

    #[inline]
    fn new_short_string(&mut self, bytes: &[u8]) -> Gc<Str> {
        let hash = hash_bytes(bytes, self.strings.seed);
        if let Some(found) = self.strings.find(bytes, hash) {
            self.collector.revive(found.erase());
            return found;
        }
        let string = self.alloc(Str::new(Tag::SHORT_STR), bytes.len());
        string.header().small.set(bytes.len() as u8);
        string.header().word.set(hash);
        string.fill(0, bytes);
        if !self.strings.insert(string, hash) {
            self.pages.drop_reserve();
        }
        string
    }

    /// To be called when the dead are known, before they are freed.
    fn forget_dead_bytes(&mut self) {
        for place in self.byte_strings.iter_mut().flat_map(|strings| strings.iter_mut()) {
            if place.is_some_and(|string| string.erase().is_white()) {
                *place = None;
            }
        }
    }

    fn new_long_string(&mut self, bytes: &[u8]) -> Gc<Str> {
        let string = self.new_long_string_of(bytes.len());
        string.fill(0, bytes);
        string
    }

    /// A long string whose bytes the caller fills in at once.
    pub(crate) fn new_long_string_of(&mut self, len: usize) -> Gc<Str> {
        debug_assert!(len > MAX_SHORT_LEN);
        let string = self.alloc(Str::new(Tag::LONG_STR), 8 + len);
        string.init_len(len);
        string
    }

    #[inline]
    pub(crate) fn new_table(&mut self) -> Gc<Table> {
        self.alloc(Table::new(), 0)
    }

    /// A table with room for that many items and pairs.
    #[inline]
    pub(crate) fn new_table_sized(&mut self, n_array: u32, n_hash: u32) -> Gc<Table> {
        let table = if (1..=MAX_INLINE_ARRAY).contains(&n_array) {
            let inline = Table::inline_bytes(n_array);
            let table = self.alloc(Table::new(), inline);
            table.init_inline_array(n_array, inline);
            table
        } else {
            let table = self.new_table();
            if n_array > 0 {
                table.reserve_array(self, n_array);
            }
            table
        };
        if n_hash > 0 {
            table.reserve_nodes(self, n_hash);
        }
        table
    }

    pub(crate) fn new_closure(&mut self, proto: Gc<FuncProto>, n_upvals: u8) -> Gc<Closure> {
        // The tail is filled before anything else happens.
        self.alloc(Closure::new(proto, n_upvals), usize::from(n_upvals) * size_of::<Gc<Upval>>())
    }

    pub(crate) fn new_native_closure(
        &mut self,
        def: &'static NativeFn,
        upvalues: &[Value],
    ) -> Gc<NativeClosure> {
        let n = u8::try_from(upvalues.len()).expect("natives have few upvalues");
        let closure = self.alloc(NativeClosure::new(def, n), size_of_val(upvalues));
        for (i, value) in upvalues.iter().enumerate() {
            closure.init_upvalue(i, *value);
        }
        closure
    }

    pub(crate) fn new_open_upval(&mut self, slot: Slot, next: Option<Gc<Upval>>) -> Gc<Upval> {
        self.alloc(Upval::open(slot, next), 0)
    }

    pub(crate) fn new_closed_upval(&mut self, value: Value) -> Gc<Upval> {
        let upval = self.alloc(Upval::open(Slot::NULL, None), 0);
        upval.init_closed(value);
        upval
    }

    pub(crate) fn new_proto(&mut self, proto: FuncProto) -> Gc<FuncProto> {
        self.alloc(proto, 0)
    }

    /// A stack for a coroutine, accounted.
    pub(crate) fn new_stack(&mut self) -> Box<Stack> {
        self.spare_stacks.take().unwrap_or_else(|| {
            self.pages.make_room(STACK_BYTES);
            let stack = Box::new(Stack::new());
            self.pages.account(0, stack.bytes());
            stack
        })
    }

    /// Takes the stack of a coroutine that has returned.
    pub(crate) fn reuse_stack(&mut self, thread: Gc<Thread>) {
        let bytes = thread.stack_bytes();
        if let Some(stack) = thread.give_up_stack()
            && !self.spare_stacks.keep(stack)
        {
            self.pages.account(bytes, 0);
        }
    }

    /// Gives the memory of stacks back that no coroutine has.
    pub(crate) fn free_spare_stacks(&mut self) {
        let bytes = self.spare_stacks.free();
        self.pages.account(bytes, 0);
    }

    pub(crate) fn new_thread(&mut self, thread: Thread) -> Gc<Thread> {
        let thread = self.alloc(thread, 0);
        let threads = &mut self.collector.threads;
        if threads.try_reserve(1).is_err() {
            self.pages.drop_reserve();
        }
        threads.push(thread);
        thread
    }

    /// A userdata whose value takes `held` bytes, with what hangs on it.
    pub(crate) fn new_userdata(
        &mut self,
        data: HostData,
        n_user_values: usize,
        held: usize,
    ) -> Gc<Userdata> {
        let held = u32::try_from(held).unwrap_or(u32::MAX);
        self.account(0, held as usize);
        let userdata = self.alloc(Userdata::new(data, n_user_values), 0);
        userdata.header().word.set(held);
        userdata
    }

    /// To be called when what the value of a userdata held elsewhere is gone.
    pub(crate) fn forget_held(&mut self, userdata: Gc<Userdata>) {
        self.account(userdata.header().word.replace(0) as usize, 0);
    }

    pub(crate) fn alloc_buffer(&mut self, size: usize) -> NonNull<u8> {
        self.pages.alloc_buffer(size)
    }

    /// Makes a buffer larger if it need not be copied for that; what it holds stays at its start.
    pub(crate) fn grow_buffer(
        &mut self,
        buffer: NonNull<u8>,
        size: usize,
        new_size: usize,
    ) -> Option<NonNull<u8>> {
        self.pages.grow_buffer(buffer, size, new_size)
    }

    pub(crate) fn free_buffer(&mut self, buffer: NonNull<u8>, size: usize) {
        self.pages.free_buffer(buffer, size);
    }

    /// Whether finalizers, or destructors of host data, are due.
    pub(crate) fn has_work_for_host(&self) -> bool {
        self.collector.has_finalizers_due() || !self.dead_data.is_empty()
    }

    /// Counts memory that an object holds elsewhere, such as a coroutine's stack.
    pub(crate) fn account(&mut self, old: usize, new: usize) {
        self.pages.account(old, new);
    }
}

/// Gives back what an object holds outside its block.
fn destroy(
    object: Gc<Header>,
    strings: &mut Interner,
    dead_data: &mut Vec<HostData>,
    spare_stacks: &mut SpareStacks,
    buffers: &mut pages::Buffers<'_>,
) {
    match object.tag() {
        Tag::SHORT_STR => strings.remove(object.cast()),
        Tag::TABLE => {
            for (buffer, size) in object.cast::<Table>().buffers().into_iter().flatten() {
                buffers.free(buffer, size);
            }
        }
        Tag::USERDATA => {
            buffers.forget(object.header().word.get() as usize);
            dead_data.push(object.cast::<Userdata>().take_data());
        }
        Tag::THREAD => {
            let thread = object.cast::<Thread>();
            if !thread.take_stack().is_some_and(|stack| spare_stacks.keep_dead(stack)) {
                buffers.forget(thread.stack_bytes());
            }
            thread.destroy();
        }
        Tag::PROTO => {
            let proto = object.cast::<FuncProto>();
            buffers.forget(proto.accounted());
            proto.destroy();
        }
        _ => {}
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        let (strings, dead_data) = (&mut self.strings, &mut self.dead_data);
        let spare_stacks = &mut self.spare_stacks;
        self.pages.for_each(&mut |object, buffers| {
            if object.tag() != Tag::SHORT_STR {
                destroy(object, strings, dead_data, spare_stacks, buffers);
            }
        });
    }
}
