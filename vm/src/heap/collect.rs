//! The cycle: pause, mark, atomic step, sweep, finalizers. What is different in generational mode is
//! in `generational`.

use super::generational::Generations;
use super::mark::{FINALIZABLE, WHITE0, WHITES};
use super::pages::Verdict;
use super::raw::{Gc, Header};
use super::{Heap, destroy};
use crate::metamethod::Event;
use crate::stack::Stack;
use crate::table::Table;
use crate::thread::Thread;
use crate::value::Value;
use crate::vm::Vm;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Phase {
    Pause,
    Mark,
    Sweep,
}

/// Bytes allocated between two steps, and the least work of a step.
const STEP_BYTES: usize = 8 << 10;
/// Below this many bytes in use no cycle begins: marking the libraries takes time, too.
const FIRST_THRESHOLD: usize = 128 << 10;

/// What tests ask of the collector beyond its work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stress {
    /// Nothing.
    #[default]
    Off,
    /// Every safepoint is a whole collection.
    Collections,
    /// Every safepoint is a small step of a cycle, or a collection of the young; before what these
    /// found to be dead is freed, it is compared with what a whole collection finds.
    Steps,
}

impl Stress {
    /// Each kind.
    pub const ALL: [Self; 3] = [Self::Off, Self::Collections, Self::Steps];
}

/// Collector state.
pub(crate) struct Collector {
    white: u8,
    pub(crate) phase: Phase,
    /// Bytes ever allocated at which the next step is due.
    pub(crate) threshold: usize,
    /// Bytes ever allocated when the last step ended.
    allocated_at_step: usize,
    /// Bytes in use, and bytes swept so far, after the last atomic step.
    used_at_atomic: (usize, usize),
    /// Stopped by the program (`collectgarbage("stop")`), or while a VM is being set up.
    pub(crate) stopped: bool,
    /// Set while a finalizer runs or the VM closes.
    pub(crate) suspended: bool,
    /// The VM closes: objects that are made now get no finalizer any more.
    closing: bool,
    /// Percentage of live memory to wait for before a cycle begins, and of work per byte allocated.
    pub(crate) pause: usize,
    pub(crate) step_multiplier: usize,
    /// If it is on, every safepoint moves the stack as well.
    pub(crate) stress: Stress,
    pub(super) in_atomic: bool,
    /// Bytes traversed in the current step.
    pub(super) work: usize,
    pub(super) gray: Vec<Gc<Header>>,
    /// Tables with a large array part, black, of which the first items were visited: how many
    /// items there were then, and how far the visit has come.
    pub(super) half_visited: Vec<(Gc<Table>, u32, u32)>,
    pub(super) gray_again: Vec<Gc<Header>>,
    pub(super) weak_values: Vec<Gc<Table>>,
    pub(super) ephemerons: Vec<Gc<Table>>,
    pub(super) all_weak: Vec<Gc<Table>>,
    /// Tables with weak keys, some of them white, and no white values.
    pub(super) dying_keys: Vec<Gc<Table>>,
    /// Objects with a finalizer, in the order in which it was set.
    pub(super) finalizable: Vec<Gc<Header>>,
    /// Dead ones whose finalizer is to run, the last first.
    pub(super) to_finalize: Vec<Gc<Header>>,
    pub(super) threads: Vec<Gc<Thread>>,
    /// Since it was looked at, a cycle has found whether the running thread's stack is too large.
    pub(crate) is_stack_due: bool,
    pub(crate) generations: Generations,
    /// Key of `__mode`, whose value makes a table weak.
    mode_name: Option<Gc<crate::string::Str>>,
}

impl Collector {
    pub(super) fn new() -> Self {
        Self {
            white: WHITE0,
            phase: Phase::Pause,
            threshold: FIRST_THRESHOLD,
            allocated_at_step: 0,
            used_at_atomic: (0, 0),
            stopped: false,
            suspended: false,
            closing: false,
            pause: 200,
            step_multiplier: 100,
            stress: Stress::Off,
            in_atomic: false,
            work: 0,
            gray: Vec::new(),
            half_visited: Vec::new(),
            gray_again: Vec::new(),
            weak_values: Vec::new(),
            ephemerons: Vec::new(),
            all_weak: Vec::new(),
            dying_keys: Vec::new(),
            finalizable: Vec::new(),
            to_finalize: Vec::new(),
            threads: Vec::new(),
            is_stack_due: false,
            generations: Generations::default(),
            mode_name: None,
        }
    }

    /// The colour of new objects.
    #[inline(always)]
    pub(super) fn white(&self) -> u8 {
        self.white
    }

    #[inline(always)]
    pub(super) fn dead_white(&self) -> u8 {
        self.white ^ WHITES
    }

    /// What those that survive a sweep become: old ones keep their colour.
    fn survivor_white(&self) -> Option<u8> {
        (!self.generations.are_kept).then_some(self.white)
    }

    /// Forgets what is to be visited: marking begins anew.
    pub(super) fn forget_gray(&mut self) {
        self.gray.clear();
        self.half_visited.clear();
        self.gray_again.clear();
    }

    pub(super) fn keeps_invariant(&self) -> bool {
        self.phase == Phase::Mark
    }

    pub(crate) fn set_mode_name(&mut self, name: Gc<crate::string::Str>) {
        self.mode_name = Some(name);
    }

    /// Whether keys and values of a table with that metatable are weak.
    pub(super) fn weakness(&self, metatable: Gc<Table>) -> (bool, bool) {
        if metatable.lacks(Event::Mode) {
            return (false, false);
        }
        let mode = self.mode_name.map_or(Value::NIL, |name| metatable.get_name(name));
        match mode.as_string() {
            Some(mode) => (mode.bytes().contains(&b'k'), mode.bytes().contains(&b'v')),
            None => (false, false),
        }
    }

    /// Notes that an object has got a finalizer (`luaC_checkfinalizer`).
    pub(crate) fn add_finalizable(&mut self, object: Gc<Header>) {
        let mark = object.header().mark.get();
        if mark & FINALIZABLE == 0 && !self.closing {
            object.header().mark.set(mark | FINALIZABLE);
            self.finalizable.push(object);
        }
    }

    /// Calls `visit` for every object that has a finalizer, due or not.
    pub(crate) fn for_each_finalizable(&self, mut visit: impl FnMut(Value)) {
        for object in self.finalizable.iter().chain(&self.to_finalize) {
            visit(Value::from_parts(object.tag(), object.addr()));
        }
    }

    /// Takes the next object whose finalizer is to run.
    pub(crate) fn take_finalizable(&mut self) -> Option<Value> {
        let object = self.to_finalize.pop()?;
        object.header().mark.set(object.header().mark.get() & !FINALIZABLE);
        Some(Value::from_parts(object.tag(), object.addr()))
    }

    pub(crate) fn has_finalizers_due(&self) -> bool {
        !self.to_finalize.is_empty()
    }

    /// Marks what a stack holds, and returns how much that was.
    pub(super) fn mark_stack(&mut self, stack: &Stack) -> usize {
        let live_end = stack.top;
        let mut slot = stack.bottom();
        while slot < live_end {
            self.mark_value(slot.get());
            slot = slot.add(1);
        }
        if self.in_atomic {
            // Stale values above would outlive what they point to.
            stack.wipe_above_top();
            let mut open = stack.open;
            while let Some(upval) = open {
                self.mark_object(upval);
                open = upval.next_open();
            }
        }
        stack.position(live_end) * 16
    }

    /// A thread that nothing reaches may have open upvalues that something does: their values are
    /// alive (`remarkupvals`). It may still be found to be alive itself.
    fn mark_upvals_of_unreached_threads(&mut self) {
        let threads = std::mem::take(&mut self.threads);
        for thread in threads.iter().filter(|thread| thread.erase().is_white()) {
            thread.with_stack(|stack| {
                let mut open = stack.open;
                while let Some(upval) = open {
                    if upval.erase().is_marked() {
                        self.mark_value(upval.get());
                    }
                    open = upval.next_open();
                }
            });
        }
        self.threads = threads;
    }

    /// Splits off the dead objects that have finalizers (`separatetobefnz`).
    fn separate_finalizable(&mut self, all: bool) {
        let mut due = Vec::new();
        // The old ones are alive in a collection of the young.
        let first = if all { 0 } else { self.generations.first_young_finalizable() };
        let young = self.finalizable.split_off(first);
        for object in young {
            let list = if all || object.is_white() { &mut due } else { &mut self.finalizable };
            list.push(object);
        }
        self.generations.n_old_finalizable = self.finalizable.len();
        // The newest runs first, and what is due already runs before it.
        due.append(&mut self.to_finalize);
        self.to_finalize = due;
    }

    fn converge_ephemerons(&mut self) {
        loop {
            let mut changed = false;
            for table in std::mem::take(&mut self.ephemerons) {
                changed |= self.traverse_ephemeron(table);
                self.propagate_all();
            }
            if !changed {
                return;
            }
        }
    }

    fn clear_by_values(&mut self, tables: &[Gc<Table>]) {
        for table in tables {
            table.sweep_items(|value| !self.is_cleared(value));
            table.sweep_nodes(|_, value| !self.is_cleared(value));
        }
    }

    fn clear_by_keys(&mut self, tables: &[Gc<Table>]) {
        for table in tables {
            table.sweep_nodes(|key, _| !self.is_cleared(key));
        }
    }
}

impl Vm {
    fn mark_roots(&mut self) {
        self.host.forget_released();
        let collector = &mut self.heap.collector;
        collector.mark_object(self.main_thread);
        collector.mark_object(self.thread);
        collector.mark_object(self.registry);
        collector.mark_object(self.globals);
        for metatable in self.metatables.iter().flatten() {
            collector.mark_object(*metatable);
        }
        self.names.for_each(|name| collector.mark_object(name));
        collector.mark_value(self.error);
        for value in &self.pinned {
            collector.mark_value(*value);
        }
        self.host.for_each_root(|value| collector.mark_value(value));
        for i in 0..collector.to_finalize.len() {
            collector.mark_object(collector.to_finalize[i]);
        }
    }

    pub(super) fn start_cycle(&mut self) {
        let collector = &mut self.heap.collector;
        collector.phase = Phase::Mark;
        collector.forget_gray();
        collector.weak_values.clear();
        collector.ephemerons.clear();
        collector.all_weak.clear();
        collector.dying_keys.clear();
        self.mark_roots();
    }

    /// The step that cannot be interrupted (`atomic`, lgc.c).
    pub(super) fn atomic(&mut self) {
        self.heap.collector.in_atomic = true;
        self.account_stack();
        self.mark_roots();
        let collector = &mut self.heap.collector;
        collector.mark_stack(&self.cur);
        self.heap.spare_stacks.wipe();
        collector.propagate_all();
        collector.mark_upvals_of_unreached_threads();
        collector.propagate_all();
        for object in std::mem::take(&mut collector.gray_again) {
            collector.gray.push(object);
        }
        collector.propagate_all();
        collector.converge_ephemerons();
        let weak_values = std::mem::take(&mut collector.weak_values);
        let all_weak = std::mem::take(&mut collector.all_weak);
        collector.clear_by_values(&weak_values);
        collector.clear_by_values(&all_weak);
        let (n_values, n_all) = (weak_values.len(), all_weak.len());
        collector.weak_values = weak_values;
        collector.all_weak = all_weak;
        collector.separate_finalizable(false);
        for i in 0..collector.to_finalize.len() {
            collector.mark_object(collector.to_finalize[i]);
        }
        collector.propagate_all();
        collector.converge_ephemerons();
        let ephemerons = std::mem::take(&mut collector.ephemerons);
        let all_weak = std::mem::take(&mut collector.all_weak);
        let weak_values = std::mem::take(&mut collector.weak_values);
        let dying_keys = std::mem::take(&mut collector.dying_keys);
        collector.clear_by_keys(&ephemerons);
        collector.clear_by_keys(&all_weak);
        collector.clear_by_keys(&dying_keys);
        // Only what became weak by resurrection is left to look at.
        collector.clear_by_values(&weak_values[n_values..]);
        collector.clear_by_values(&all_weak[n_all..]);
        self.clear_threads();
        self.string_lib.forget_addresses();
        self.heap.forget_dead_bytes();
        let collector = &mut self.heap.collector;
        collector.gray_again.clear();
        collector.white ^= WHITES;
        collector.in_atomic = false;
        collector.phase = Phase::Sweep;
        collector.used_at_atomic = (self.heap.pages.used(), self.heap.pages.swept);
        self.heap.pages.start_sweep(self.heap.collector.generations.only_young);
    }

    /// Takes dead threads from the list of threads, and from the others dead upvalues and what a
    /// stack has too much.
    fn clear_threads(&mut self) {
        self.heap.collector.threads.retain(|thread| {
            let is_alive = thread.erase().is_marked();
            if is_alive {
                thread.with_stack_mut(|stack| {
                    forget_dead_upvals(stack);
                    stack.shrink(self.max_slots);
                    thread.account_stack(stack, |old, new| self.heap.pages.account(old, new));
                });
            } else {
                thread.with_stack_mut(close_all);
            }
            is_alive
        });
        forget_dead_upvals(&mut self.cur);
        // Whoever runs may hold slots of it: that has to wait for a safepoint.
        self.heap.collector.is_stack_due = true;
    }

    /// Does a bit of a collection cycle, in proportion to what was allocated since the last one.
    #[cold]
    #[inline(never)]
    pub(crate) fn gc_step(&mut self) {
        let allocated = self.heap.pages.allocated;
        let collector = &mut self.heap.collector;
        if collector.stopped || collector.suspended {
            collector.threshold = allocated + STEP_BYTES;
            return;
        }
        if collector.stress != Stress::Off {
            return self.stress();
        }
        if collector.generations.wanted {
            return self.generational_step();
        }
        let news = allocated.saturating_sub(collector.allocated_at_step).max(STEP_BYTES);
        // The default of 100 traverses 16 bytes for each one allocated: as the reference, whose
        // steps are short of a whole cycle only in large heaps.
        let limit = (news * 4).saturating_mul(self.heap.collector.step_multiplier.max(25) / 25);
        self.heap.collector.work = 0;
        while self.heap.collector.work < limit {
            if self.single_step(limit) {
                break;
            }
        }
        let allocated = self.heap.pages.allocated;
        self.heap.collector.allocated_at_step = allocated;
        if self.heap.collector.phase != Phase::Pause {
            self.heap.collector.threshold = allocated + STEP_BYTES;
        }
    }

    /// A step that the program asked for, of `n` kilobytes, or a basic one; true if it ended a
    /// cycle, which in generational mode, as in the reference, it never does.
    pub(crate) fn gc_step_of(&mut self, n: i64) -> bool {
        let bytes = usize::try_from(n).unwrap_or(0).saturating_mul(1 << 10);
        if self.heap.collector.generations.wanted {
            if bytes == 0 || self.heap.advance(bytes) {
                self.generational_step();
                self.follow_collection();
            }
            return false;
        }
        let basic = STEP_BYTES * self.heap.collector.step_multiplier.max(1);
        let limit = if bytes == 0 { basic } else { bytes };
        let (mut ended, mut done) = (false, 0_usize);
        while !ended && done < limit {
            let was_marking = self.heap.collector.phase == Phase::Mark;
            self.heap.collector.work = 0;
            ended = self.single_step(limit - done);
            // The atomic step ends a step of the collector's own, but not one asked for.
            if !was_marking || self.heap.collector.phase == Phase::Mark {
                done = done.saturating_add(self.heap.collector.work);
            }
        }
        self.follow_collection();
        ended
    }

    /// One unit of a cycle; true if that ended it.
    pub(super) fn single_step(&mut self, limit: usize) -> bool {
        match self.heap.collector.phase {
            Phase::Pause => self.start_cycle(),
            Phase::Mark => {
                self.heap.collector.propagate(limit);
                if !self.heap.collector.has_gray() {
                    self.atomic();
                    if self.heap.collector.stress == Stress::Steps {
                        self.audit();
                    }
                }
            }
            Phase::Sweep => {
                self.heap.collector.work = self.heap.collector.work.saturating_add(4 << 10);
                if !self.heap.sweep_any() {
                    self.end_cycle();
                    return true;
                }
            }
        }
        false
    }

    fn end_cycle(&mut self) {
        // Without it, a refusal of the system ends the process; that cannot be helped.
        let _ = self.heap.pages.fill_reserve();
        let pages = &self.heap.pages;
        let collector = &mut self.heap.collector;
        collector.phase = Phase::Pause;
        // What was allocated during the sweep is not known to be alive.
        let (used, swept) = collector.used_at_atomic;
        let live = used - (pages.swept - swept).min(used);
        let wait = (live / 100).saturating_mul(collector.pause).max(FIRST_THRESHOLD);
        collector.threshold = pages.allocated + wait.saturating_sub(pages.used()).max(STEP_BYTES);
        collector.allocated_at_step = pages.allocated;
    }

    /// A whole cycle, from the beginning.
    pub(crate) fn full_gc(&mut self) {
        self.discard_marks();
        if self.heap.collector.generations.wanted {
            self.collect_all_generations();
        } else {
            self.start_cycle();
            self.finish_cycle();
        }
        self.heap.free_spare_stacks();
    }

    /// Goes back, or on, to the beginning of a cycle, where everything is white.
    pub(super) fn discard_marks(&mut self) {
        if self.heap.collector.phase == Phase::Sweep {
            self.finish_cycle();
        }
        if self.heap.collector.phase == Phase::Mark || self.heap.collector.generations.are_kept {
            self.heap.collector.generations.are_kept = false;
            self.heap.collector.forget_gray();
            self.heap.whiten_all(|_| {});
            self.heap.collector.phase = Phase::Pause;
        }
    }

    pub(super) fn finish_cycle(&mut self) {
        while self.heap.collector.phase != Phase::Pause {
            // What an earlier cycle worked must not make this step look finished already.
            self.heap.collector.work = 0;
            self.single_step(usize::MAX / 2);
        }
    }

    /// Makes every object with a finalizer due, when the VM closes.
    pub(crate) fn finalize_all(&mut self) {
        self.heap.collector.closing = true;
        self.heap.collector.separate_finalizable(true);
    }
}

/// Closes the upvalues of a stack that is about to go: some may be alive, and their values are marked.
fn close_all(stack: &mut Stack) {
    let mut open = stack.open.take();
    stack.pending = crate::stack::Slot::NULL;
    while let Some(upval) = open {
        open = upval.next_open();
        upval.close();
        if upval.erase().is_marked() {
            upval.erase().set_black();
        }
    }
}

fn forget_dead_upvals(stack: &mut Stack) {
    let mut last: Option<Gc<crate::upvalue::Upval>> = None;
    let mut open = stack.open;
    while let Some(upval) = open {
        open = upval.next_open();
        if upval.erase().is_white() {
            match last {
                Some(last) => last.set_next_open(open),
                None => stack.open = open,
            }
        } else {
            last = Some(upval);
        }
    }
    stack.refresh_pending();
}

impl Heap {
    pub(super) fn sweep_any(&mut self) -> bool {
        let (white, dead) = (self.collector.survivor_white(), self.collector.dead_white());
        let (strings, dead_data) = (&mut self.strings, &mut self.dead_data);
        let spare_stacks = &mut self.spare_stacks;
        self.pages.sweep_any(&mut |object, buffers| {
            judge(object, white, dead, |object| {
                destroy(object, strings, dead_data, spare_stacks, buffers);
            })
        })
    }

    pub(super) fn sweep_page(&mut self, class: usize) {
        let (white, dead) = (self.collector.survivor_white(), self.collector.dead_white());
        let (strings, dead_data) = (&mut self.strings, &mut self.dead_data);
        let spare_stacks = &mut self.spare_stacks;
        self.pages.sweep_page(class, &mut |object, buffers| {
            judge(object, white, dead, |object| {
                destroy(object, strings, dead_data, spare_stacks, buffers);
            })
        });
    }

    /// Makes every object of the current white, dead ones as well, which `visit` is called for.
    pub(super) fn whiten_all(&mut self, mut visit: impl FnMut(Gc<Header>)) {
        let (white, dead) = (self.collector.white(), self.collector.dead_white());
        self.pages.start_sweep(false);
        while self.pages.sweep_any(&mut |object, _| {
            let mark = object.header().mark.get();
            if mark & dead != 0 {
                visit(object);
            }
            object.header().mark.set(mark & FINALIZABLE | white);
            Verdict::Keep
        }) {}
    }
}

#[inline(always)]
fn judge(
    object: Gc<Header>,
    white: Option<u8>,
    dead: u8,
    free: impl FnOnce(Gc<Header>),
) -> Verdict {
    let mark = object.header().mark.get();
    if mark & dead != 0 {
        free(object);
        Verdict::Free
    } else {
        if let Some(white) = white {
            object.header().mark.set(mark & FINALIZABLE | white);
        }
        Verdict::Keep
    }
}
