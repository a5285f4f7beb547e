//! Memory: blocks of a few sizes for objects and small buffers, the system's allocator beyond.
//!
//! Object blocks come from pages that hold one size each, so that a sweep walks them in order;
//! pages start small and grow with the heap. Buffers (array and node parts of tables) up to
//! [`MAX_SMALL_BUFFER`] bytes come from lists of freed blocks, larger ones from the system.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error, realloc};
use std::hint::black_box;
use std::ptr::{NonNull, null_mut};

use super::raw::{Gc, Header};
use crate::value::Tag;

/// Largest object that lives in a page, in bytes.
const MAX_SMALL: usize = 512;
/// Largest buffer that is recycled here, in bytes.
const MAX_SMALL_BUFFER: usize = 256;
const MIN_PAGE: usize = 256;
const MAX_PAGE: usize = 32 << 10;
/// Up to here a heap grows in small steps, so that little of a fresh one lies idle.
const SMALL_HEAP: usize = 20 << 10;
/// The least that is set aside, by heaps that are at least as large.
const RESERVE: usize = 4 << 20;
/// More than is allocated between two steps of the collector.
const URGENT: usize = 1 << 44;
/// What is asked for without looking whether the system has it: the reserve covers it.
const MAX_UNASKED: usize = RESERVE / 2;
/// Every address given out is a multiple of it.
const ALIGN: usize = 8;

/// Block sizes: steps of 8 bytes up to 128, then of 32.
const N_CLASSES: usize = 16 + (MAX_SMALL - 128) / 32 + 1;

const _: () = assert!(MAX_SMALL_BUFFER <= MIN_PAGE);

const fn class_of(size: usize) -> usize {
    if size <= size_of::<FreeBlock>() {
        // The empty string would fit into eight bytes, but its block, once free, would not.
        size_of::<FreeBlock>() / 8
    } else if size <= 128 {
        size.div_ceil(8)
    } else {
        16 + (size - 128).div_ceil(32)
    }
}

const fn class_size(class: usize) -> usize {
    if class <= 16 { class * 8 } else { 128 + (class - 16) * 32 }
}

/// What a free block holds: the tag of nothing in the place of a header, then the list.
#[repr(C)]
struct FreeBlock {
    free_tag: Tag,
    next: *mut FreeBlock,
}

/// Memory for blocks of one size.
struct Page {
    start: *mut u8,
    bytes: u32,
    /// Bytes from the start that have been made into blocks.
    carved: u32,
    free: *mut FreeBlock,
    /// The next page of those that have free blocks.
    next_with_free: Option<u32>,
    /// Blocks of it were given out since it was swept.
    has_young: bool,
}

#[derive(Default)]
struct Class {
    pages: Vec<Page>,
    /// Bytes of all pages.
    bytes: usize,
    /// Pages below it are swept in the current cycle.
    n_swept: u32,
    /// The first of the pages that have free blocks.
    with_free: Option<u32>,
}

/// An object with memory of its own.
struct Large {
    ptr: NonNull<Header>,
    /// Where its memory begins.
    start: NonNull<u8>,
    size: usize,
}

impl Large {
    /// What stands this far behind an object's beginning, the bytes of a long string, is at a multiple
    /// of [`Large::WIDTH`]: the C library compares and copies such bytes faster.
    const OFFSET: usize = 16;
    const WIDTH: usize = 32;
    /// Memory that an object of `size` bytes is put into: the system's addresses are multiples of half
    /// the width.
    fn layout(size: usize) -> Layout {
        Layout::from_size_align(size + Self::WIDTH / 2, Self::WIDTH / 2)
            .expect("sizes are far below isize::MAX")
    }
}

/// What a sweep does with an object.
pub(super) enum Verdict {
    Keep,
    Free,
}

/// Whether the system runs out of memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shortage {
    None,
    /// It has refused memory, and the program was not told yet.
    Refused,
    /// The program was told, but nothing could be set aside again.
    Known,
}

/// The memory of one VM.
pub(super) struct Pages {
    /// Free blocks at hand, by class; the current page's.
    free: [*mut FreeBlock; N_CLASSES],
    classes: [Class; N_CLASSES],
    large: Vec<Large>,
    large_unswept: bool,
    /// All pages of the classes below it are swept.
    sweep_class: usize,
    /// The sweep passes over objects that an earlier one has seen.
    only_young: bool,
    /// How many of `large`, from the first, the last sweep has seen.
    n_old_large: usize,
    buffers: [*mut FreeBlock; N_CLASSES],
    buffer_chunks: Vec<(NonNull<u8>, usize)>,
    /// Rest of the newest chunk.
    chunk_rest: (*mut u8, usize),
    /// Bytes given out so far, in block sizes, less those given back by other than a sweep.
    pub(super) allocated: usize,
    /// Bytes that sweeps have freed.
    pub(super) swept: usize,
    /// Memory for when the system has none left, so that the program can be told in its own time.
    reserve: Vec<u8>,
    pub(super) shortage: Shortage,
}

/// Whether the system has that much, as far as can be told.
pub(crate) fn can_allocate(bytes: usize) -> bool {
    bytes <= MAX_UNASKED || system_has(bytes)
}

fn system_has(bytes: usize) -> bool {
    let mut probe = Vec::<u8>::new();
    let answer = probe.try_reserve_exact(bytes);
    // Memory that nobody looks at would not be asked for.
    black_box(&probe);
    answer.is_ok()
}

/// Bytes of the next page, or chunk of buffers, by how much there is of its kind and in all. Few
/// different sizes, so that what was given back to the system fits what is asked for next.
fn growth(have: usize, used: usize) -> usize {
    if used < SMALL_HEAP {
        (have / 4).max(MIN_PAGE)
    } else {
        1 << (have / 2).min(used / 16).clamp(4 * MIN_PAGE, MAX_PAGE).ilog2()
    }
}

fn layout(size: usize) -> Layout {
    Layout::from_size_align(size, ALIGN).expect("sizes are far below isize::MAX")
}

fn try_alloc(layout: Layout) -> Option<NonNull<u8>> {
    // SAFETY: [G7] the size is never zero.
    NonNull::new(unsafe { alloc(layout) })
}

impl Pages {
    pub(super) fn new() -> Self {
        Self {
            free: [null_mut(); N_CLASSES],
            classes: std::array::from_fn(|_| Class::default()),
            large: Vec::new(),
            large_unswept: false,
            sweep_class: 0,
            only_young: false,
            n_old_large: 0,
            buffers: [null_mut(); N_CLASSES],
            buffer_chunks: Vec::new(),
            chunk_rest: (null_mut(), 0),
            allocated: 0,
            swept: 0,
            reserve: Vec::new(),
            shortage: Shortage::None,
        }
    }

    /// Memory of the system, or else of the reserve. Everything large was asked for before, with
    /// `Vm::check_memory` or [`can_allocate`].
    fn alloc_system(&mut self, layout: Layout) -> NonNull<u8> {
        try_alloc(layout).unwrap_or_else(|| {
            self.drop_reserve();
            try_alloc(layout).unwrap_or_else(|| handle_alloc_error(layout))
        })
    }

    /// Counts memory that is had elsewhere.
    pub(super) fn account(&mut self, old: usize, new: usize) {
        self.allocated = self.allocated - old + new;
    }

    /// Sees to it, if the heap is not small, that so many bytes can be allocated elsewhere.
    pub(super) fn make_room(&mut self, bytes: usize) {
        if self.used() > RESERVE && !system_has(bytes) {
            self.drop_reserve();
        }
    }

    /// Sets memory aside if the heap is not small; false if the system has not got it.
    pub(super) fn fill_reserve(&mut self) -> bool {
        // Lists of the collector's may grow to such a part of the heap.
        let wanted = (self.used() / 8).max(RESERVE);
        if self.used() < RESERVE || self.reserve.capacity() >= wanted / 2 {
            return true;
        }
        let mut larger = Vec::new();
        if larger.try_reserve_exact(wanted).is_ok() {
            self.reserve = larger;
        }
        self.reserve.capacity() > 0
    }

    /// Notes that the system refused memory, and gives it back what was set aside.
    #[cold]
    pub(super) fn drop_reserve(&mut self) {
        if self.shortage != Shortage::Refused {
            self.shortage = Shortage::Refused;
            // As if that much had come and gone: a step of the collector is due at once.
            self.allocated += URGENT;
            self.swept += URGENT;
        }
        self.reserve = Vec::new();
    }

    /// To be called when the step that became due by a refusal begins.
    pub(super) fn take_shortage(&mut self) -> Shortage {
        if self.shortage == Shortage::Refused {
            self.allocated -= URGENT;
            self.swept -= URGENT;
        }
        std::mem::replace(&mut self.shortage, Shortage::None)
    }

    /// A block for an object of `size` bytes, and the bytes it really takes.
    #[inline(always)]
    pub(super) fn alloc(&mut self, size: usize) -> NonNull<u8> {
        if size <= MAX_SMALL {
            let class = class_of(size);
            let block = self.free[class];
            if let Some(found) = NonNull::new(block) {
                // SAFETY: [G7] blocks in a free list are free blocks of its class.
                self.free[class] = unsafe { found.as_ref().next };
                self.allocated += class_size(class);
                return found.cast();
            }
            return self.alloc_slow(class);
        }
        self.alloc_large(size)
    }

    #[cold]
    #[inline(never)]
    fn alloc_slow(&mut self, class: usize) -> NonNull<u8> {
        if self.free[class].is_null() {
            self.free[class] = self.new_page(class);
        }
        let block = NonNull::new(self.free[class]).expect("a new page has blocks");
        // SAFETY: [G7] as in `alloc`.
        self.free[class] = unsafe { block.as_ref().next };
        self.allocated += class_size(class);
        block.cast()
    }

    #[cold]
    fn alloc_large(&mut self, size: usize) -> NonNull<u8> {
        let start = self.alloc_system(Large::layout(size));
        let is_aligned = (start.addr().get() + Large::OFFSET).is_multiple_of(Large::WIDTH);
        let padding = if is_aligned { 0 } else { Large::WIDTH / 2 };
        // SAFETY: [G7] there is room for the object and the padding.
        let ptr = unsafe { start.add(padding) };
        self.large.push(Large { ptr: ptr.cast(), start, size });
        self.allocated += size;
        ptr
    }

    /// A class whose list is empty: whether there is a page to be swept before memory is asked for.
    pub(super) fn next_unswept(&self, size: usize) -> Option<usize> {
        let class = if size <= MAX_SMALL { class_of(size) } else { return None };
        let list = &self.classes[class];
        (self.free[class].is_null()
            && list.with_free.is_none()
            && (list.n_swept as usize) < list.pages.len())
        .then_some(class)
    }

    /// Whether the next small object of that size takes the slow way.
    #[inline(always)]
    pub(super) fn is_exhausted(&self, size: usize) -> bool {
        size <= MAX_SMALL && self.free[class_of(size)].is_null()
    }

    /// Takes the free list of a page that has one, or carves blocks from the last page or a new one.
    fn new_page(&mut self, class: usize) -> *mut FreeBlock {
        let size = class_size(class);
        let used = self.used();
        let list = &mut self.classes[class];
        while let Some(i) = list.with_free {
            let page = &mut list.pages[i as usize];
            page.has_young = true;
            list.with_free = page.next_with_free;
            let free = std::mem::replace(&mut page.free, null_mut());
            if !free.is_null() {
                return free;
            }
        }
        // A sweep of the last page would put its blocks at hand into a second list.
        debug_assert_eq!(list.n_swept as usize, list.pages.len());
        if list.pages.last().is_none_or(|p| p.carved as usize + size > p.bytes as usize) {
            let bytes = growth(list.bytes, used).max(size) / size * size;
            let start = self.alloc_system(layout(bytes)).as_ptr();
            let list = &mut self.classes[class];
            list.bytes += bytes;
            if used < SMALL_HEAP {
                list.pages.reserve_exact(1);
            }
            let bytes = bytes as u32;
            list.pages.push(Page {
                start,
                bytes,
                carved: 0,
                free: null_mut(),
                next_with_free: None,
                has_young: true,
            });
            list.n_swept = list.pages.len() as u32;
        }
        let page = self.classes[class].pages.last_mut().expect("just pushed");
        page.has_young = true;
        let carved = page.carved as usize;
        let n = (1024 / size).clamp(1, (page.bytes as usize - carved) / size);
        // SAFETY: [G7] carved..carved + n * size lies within the page and is in no list yet.
        let first = unsafe { page.start.add(carved) };
        page.carved += (n * size) as u32;
        carve(first, size, n)
    }

    /// Begins a sweep: every page is to be walked before its blocks are given out again. If all that
    /// earlier sweeps have left is to stay, those that have nothing else are passed over.
    pub(super) fn start_sweep(&mut self, only_young: bool) {
        self.only_young = only_young;
        self.free = [null_mut(); N_CLASSES];
        for class in &mut self.classes {
            class.n_swept = 0;
            class.with_free = None;
        }
        self.large_unswept = true;
        self.sweep_class = 0;
    }

    /// Sweeps one page of some class; false if all are swept.
    pub(super) fn sweep_any(
        &mut self,
        judge: &mut impl FnMut(Gc<Header>, &mut Buffers<'_>) -> Verdict,
    ) -> bool {
        while let Some(list) = self.classes.get(self.sweep_class) {
            if (list.n_swept as usize) < list.pages.len() {
                self.sweep_page(self.sweep_class, judge);
                return true;
            }
            self.sweep_class += 1;
        }
        debug_assert!(self.classes.iter().all(|list| list.n_swept as usize == list.pages.len()));
        if self.large_unswept {
            self.sweep_large(judge);
            return true;
        }
        false
    }

    /// Sweeps the next page of a class.
    pub(super) fn sweep_page(
        &mut self,
        class: usize,
        judge: &mut impl FnMut(Gc<Header>, &mut Buffers<'_>) -> Verdict,
    ) {
        let size = class_size(class);
        let i = self.classes[class].n_swept as usize;
        self.classes[class].n_swept += 1;
        let list = &mut self.classes[class];
        let page = &mut list.pages[i];
        let (start, carved) = (page.start, page.carved as usize);
        if !std::mem::replace(&mut page.has_young, false) && self.only_young {
            if !page.free.is_null() {
                page.next_with_free = list.with_free.replace(i as u32);
            }
            return;
        }
        let mut buffers = Buffers { pages: self };
        let mut free: *mut FreeBlock = null_mut();
        let (mut n_free, mut n_freed) = (0, 0);
        // Backwards, so that the list is in address order.
        let mut offset = carved;
        while offset > 0 {
            offset -= size;
            // SAFETY: [G7] offset is a multiple of the size below `carved`: a block.
            let block = unsafe { start.add(offset) };
            let object =
                Gc::from_block(NonNull::new(block).expect("within a page").cast::<Header>());
            if object.tag() != Tag::NIL {
                match judge(object, &mut buffers) {
                    Verdict::Keep => continue,
                    Verdict::Free => n_freed += 1,
                }
            }
            n_free += 1;
            // SAFETY: [G7] the block is free, at least 16 bytes long and aligned to 8.
            unsafe {
                block.cast::<FreeBlock>().write(FreeBlock { free_tag: Tag::NIL, next: free })
            };
            free = block.cast();
        }
        self.swept += n_freed * size;
        let list = &mut self.classes[class];
        let is_last = i + 1 == list.pages.len();
        if n_free * size == carved && !is_last && carved == list.pages[i].bytes as usize {
            self.release_page(class, i);
        } else if !free.is_null() {
            list.pages[i].free = free;
            list.pages[i].next_with_free = list.with_free.replace(i as u32);
        }
    }

    /// Gives an empty page back. Another takes its number, so that it must be swept already or be
    /// the one that the sweep comes to next.
    fn release_page(&mut self, class: usize, i: usize) {
        let list = &mut self.classes[class];
        let page = &list.pages[i];
        // SAFETY: [G7] the page was allocated with this layout and holds no object.
        unsafe { dealloc(page.start, layout(page.bytes as usize)) };
        list.bytes -= page.bytes as usize;
        // The last page keeps its place, since blocks are carved from it.
        let last = list.pages.len() - 1;
        if i + 1 < last {
            list.pages.swap(i, last - 1);
        }
        list.pages.remove(list.pages.len() - 2);
        list.n_swept = i as u32;
    }

    fn sweep_large(&mut self, judge: &mut impl FnMut(Gc<Header>, &mut Buffers<'_>) -> Verdict) {
        self.large_unswept = false;
        let mut objects = std::mem::take(&mut self.large);
        let mut young = objects.split_off(if self.only_young { self.n_old_large } else { 0 });
        young.retain(|large| {
            let object = Gc::from_block(large.ptr);
            match judge(object, &mut Buffers { pages: self }) {
                Verdict::Keep => true,
                Verdict::Free => {
                    self.swept += large.size;
                    // SAFETY: [G7] allocated with this layout, and dead.
                    unsafe { dealloc(large.start.as_ptr(), Large::layout(large.size)) };
                    false
                }
            }
        });
        objects.append(&mut young);
        self.n_old_large = objects.len();
        self.large = objects;
    }

    /// A buffer of `size` bytes, uninitialised. `size` must not be zero.
    pub(crate) fn alloc_buffer(&mut self, size: usize) -> NonNull<u8> {
        if size > MAX_SMALL_BUFFER {
            self.allocated += size;
            return self.alloc_system(layout(size));
        }
        let class = class_of(size);
        self.allocated += class_size(class);
        if self.buffers[class].is_null() {
            self.buffers[class] = self.carve_buffers(class);
        }
        let block = NonNull::new(self.buffers[class]).expect("just carved");
        // SAFETY: [G7] blocks in a free list are free blocks of its class.
        self.buffers[class] = unsafe { block.as_ref().next };
        block.cast()
    }

    #[cold]
    fn carve_buffers(&mut self, class: usize) -> *mut FreeBlock {
        let size = class_size(class);
        if self.chunk_rest.1 < size {
            let have: usize = self.buffer_chunks.iter().map(|c| c.1).sum();
            let bytes = growth(have, self.used());
            let chunk = self.alloc_system(layout(bytes));
            self.buffer_chunks.push((chunk, bytes));
            self.chunk_rest = (chunk.as_ptr(), bytes);
        }
        // Of each size, a small heap needs few.
        let n = if self.used() < SMALL_HEAP { 1 } else { 1024 / size };
        let n = n.clamp(1, self.chunk_rest.1 / size);
        let first = self.chunk_rest.0;
        // SAFETY: [G7] n * size bytes are left in the chunk.
        self.chunk_rest = (unsafe { first.add(n * size) }, self.chunk_rest.1 - n * size);
        carve(first, size, n)
    }

    /// Gives back a buffer of [`Pages::alloc_buffer`] with the size it was asked with.
    pub(crate) fn free_buffer(&mut self, buffer: NonNull<u8>, size: usize) {
        self.allocated -= self.recycle(buffer, size);
    }

    /// Makes a buffer larger, where it is if the system can; `None` if the system cannot, or if it,
    /// or the new one, is not of those that come from the system.
    pub(crate) fn grow_buffer(
        &mut self,
        buffer: NonNull<u8>,
        size: usize,
        new_size: usize,
    ) -> Option<NonNull<u8>> {
        if size <= MAX_SMALL_BUFFER || new_size <= MAX_SMALL_BUFFER {
            return None;
        }
        // SAFETY: [G7] it was allocated with that size, and the new one is not zero.
        let grown = NonNull::new(unsafe { realloc(buffer.as_ptr(), layout(size), new_size) })?;
        self.allocated = self.allocated - size + new_size;
        Some(grown)
    }

    /// Takes a buffer back, and says how much it was.
    fn recycle(&mut self, buffer: NonNull<u8>, size: usize) -> usize {
        if size > MAX_SMALL_BUFFER {
            // SAFETY: [G7] the caller gives back what it got, with its size.
            unsafe { dealloc(buffer.as_ptr(), layout(size)) };
            return size;
        }
        let class = class_of(size);
        let block = buffer.as_ptr().cast::<FreeBlock>();
        // SAFETY: [G7] the block is of this class and nobody's any more.
        unsafe { block.write(FreeBlock { free_tag: Tag::NIL, next: self.buffers[class] }) };
        self.buffers[class] = block;
        class_size(class)
    }

    /// Bytes in use.
    pub(super) fn used(&self) -> usize {
        self.allocated - self.swept
    }

    /// Calls `visit` for every object; used when the VM closes.
    pub(super) fn for_each(&mut self, visit: &mut impl FnMut(Gc<Header>, &mut Buffers<'_>)) {
        self.start_sweep(false);
        while self.sweep_any(&mut |object, buffers| {
            visit(object, buffers);
            Verdict::Free
        }) {}
    }
}

/// Makes `n` blocks of `size` bytes from `first` on into a list.
fn carve(first: *mut u8, size: usize, n: usize) -> *mut FreeBlock {
    let mut next: *mut FreeBlock = null_mut();
    for i in (0..n).rev() {
        // SAFETY: [G7] the caller owns n * size bytes from `first`.
        unsafe {
            let block = first.add(i * size).cast::<FreeBlock>();
            block.write(FreeBlock { free_tag: Tag::NIL, next });
            next = block;
        }
    }
    next
}

/// What the destruction of an object may do to the memory: give back its buffers.
pub(crate) struct Buffers<'a> {
    pages: &'a mut Pages,
}

impl Buffers<'_> {
    pub(super) fn free(&mut self, buffer: NonNull<u8>, size: usize) {
        self.pages.swept += self.pages.recycle(buffer, size);
    }

    /// Memory that was accounted but is not here is gone.
    pub(super) fn forget(&mut self, bytes: usize) {
        self.pages.swept += bytes;
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        for class in &self.classes {
            for page in &class.pages {
                // SAFETY: [G7] allocated with this layout; the objects were destroyed before.
                unsafe { dealloc(page.start, layout(page.bytes as usize)) };
            }
        }
        for &(chunk, bytes) in &self.buffer_chunks {
            // SAFETY: [G7] allocated with this layout.
            unsafe { dealloc(chunk.as_ptr(), layout(bytes)) };
        }
        for large in &self.large {
            // SAFETY: [G7] allocated with this layout.
            unsafe { dealloc(large.start.as_ptr(), Large::layout(large.size)) };
        }
    }
}
