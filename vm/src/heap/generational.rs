//! Generational mode: what has survived a collection is old, and a collection of the young takes it
//! to be alive without looking at it.
//!
//! The mark is the generation: survivors stay marked, black as a rule, and what is made later is
//! white. So a barrier that keeps black objects from white ones notes every old object that may
//! point to a young one; such are gray and in `gray_again`, and are visited in the next collection.
//! Stacks change without barriers: those of all old threads are visited. Old objects are examined
//! when the heap has grown by a percentage; then everything becomes white before.

use super::Heap;
use super::collect::{Collector, Phase, Stress};
use crate::vm::Vm;

/// The least that is allocated between two collections, in bytes: what a fast cache holds.
const MIN_NURSERY: usize = 32 << 10;

/// State of generational mode.
#[derive(Debug)]
pub(crate) struct Generations {
    /// Whether the program asked for the mode.
    pub(crate) wanted: bool,
    /// Whether survivors stay marked; not yet so when the mode was chosen just now.
    pub(super) are_kept: bool,
    /// The collection under way is one of the young.
    pub(super) only_young: bool,
    /// Percentages that the heap grows by until the young are collected, and everything.
    pub(crate) minor_multiplier: usize,
    pub(crate) major_multiplier: usize,
    /// Bytes in use behind a collection from which on the next one is of everything.
    major_threshold: usize,
    /// The next collection is one of everything.
    is_major_due: bool,
    /// How many objects of `finalizable`, from the first, are old.
    pub(super) n_old_finalizable: usize,
}

impl Default for Generations {
    fn default() -> Self {
        Self {
            wanted: false,
            are_kept: false,
            only_young: false,
            minor_multiplier: 20,
            major_multiplier: 100,
            major_threshold: 0,
            is_major_due: false,
            n_old_finalizable: 0,
        }
    }
}

impl Generations {
    pub(super) fn first_young_finalizable(&self) -> usize {
        if self.only_young { self.n_old_finalizable } else { 0 }
    }
}

impl Collector {
    pub(super) fn generations_are_kept(&self) -> bool {
        self.generations.are_kept
    }
}

impl Heap {
    /// Lets a collection of the young come nearer, as if that many bytes had been allocated; whether
    /// it is due then.
    pub(super) fn advance(&mut self, bytes: usize) -> bool {
        self.collector.threshold = self.collector.threshold.saturating_sub(bytes);
        self.is_step_due()
    }
}

impl Vm {
    /// Chooses generational or incremental collection; whether it was generational before.
    pub(crate) fn set_generational(&mut self, wanted: bool) -> bool {
        if wanted {
            let collector = &mut self.heap.collector;
            collector.threshold = collector.threshold.min(self.heap.pages.allocated + MIN_NURSERY);
        } else {
            self.discard_marks();
        }
        std::mem::replace(&mut self.heap.collector.generations.wanted, wanted)
    }

    /// A step in generational mode: a whole collection, of the young as a rule (`genstep`).
    pub(super) fn generational_step(&mut self) {
        if self.heap.collector.generations.is_major_due {
            self.full_gc();
        } else {
            self.collect_young();
        }
    }

    /// Collects what was made since the last collection (`youngcollection`).
    pub(super) fn collect_young(&mut self) {
        if !self.heap.collector.generations.are_kept {
            return self.full_gc();
        }
        let collector = &mut self.heap.collector;
        collector.generations.only_young = true;
        collector.phase = Phase::Mark;
        for thread in &collector.threads {
            if thread.erase().is_marked() {
                collector.gray_again.push(thread.erase());
            }
        }
        self.finish_generational_cycle();
        self.heap.collector.generations.only_young = false;
    }

    /// Collects everything; what survives is old (`fullgen`). Everything is white before.
    pub(super) fn collect_all_generations(&mut self) {
        self.heap.collector.generations.are_kept = true;
        self.start_cycle();
        self.finish_generational_cycle();
        let used = self.heap.pages.used();
        let generations = &mut self.heap.collector.generations;
        let growth = (used / 100).saturating_mul(generations.major_multiplier);
        generations.major_threshold = used.saturating_add(growth.max(2 * MIN_NURSERY));
        generations.is_major_due = false;
    }

    fn finish_generational_cycle(&mut self) {
        self.heap.collector.propagate_all();
        self.atomic();
        if self.heap.collector.stress == Stress::Steps {
            self.audit();
        }
        self.finish_cycle();
        let used = self.heap.pages.used();
        let collector = &mut self.heap.collector;
        collector.generations.is_major_due = used > collector.generations.major_threshold;
        let wait = (used / 100).saturating_mul(collector.generations.minor_multiplier);
        collector.threshold = self.heap.pages.allocated + wait.max(MIN_NURSERY);
    }
}
