//! Self-examination, for tests: the collector's findings against those of a collection that begins
//! from nothing and is not interrupted, and so rests on no barrier.

use super::Gc;
use super::collect::Stress;
use super::raw::Header;
use crate::vm::Vm;

/// Bytes that a step of a cycle visits under stress.
const STEP: usize = 512;

impl Vm {
    /// A safepoint under stress.
    pub(super) fn stress(&mut self) {
        let collector = &self.heap.collector;
        match (collector.stress, collector.generations.wanted) {
            (Stress::Steps, false) => {
                self.heap.collector.work = 0;
                self.single_step(STEP);
            }
            (Stress::Steps, true) => self.collect_young(),
            _ => self.full_gc(),
        }
        self.heap.collector.threshold = 0;
        // As narrow as can be, or one slot more: it moves in any case.
        let (size, n) = (self.cur.capacity(), self.cur.n_used());
        let is_overflowing = size > self.max_slots;
        self.resize_stack(if is_overflowing || n == size { size + 1 } else { n });
    }

    /// To be called between the atomic step and the sweep, of which it leaves a new one to be done.
    ///
    /// # Panics
    ///
    /// Something that is alive was found to be dead.
    pub(super) fn audit(&mut self) {
        let mut dead: Vec<Gc<Header>> = Vec::new();
        self.heap.whiten_all(|object| dead.push(object));
        self.heap.collector.generations.only_young = false;
        self.start_cycle();
        self.heap.collector.propagate_all();
        self.atomic();
        if let Some(object) = dead.into_iter().find(|object| object.is_marked()) {
            panic!("the collector took a live {:?} for a dead one", object.tag());
        }
    }
}
