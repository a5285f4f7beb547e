//! Control of the collector, as `collectgarbage` has it.

use super::error::Result;
use super::handle::Lua;
pub use crate::heap::Stress;

/// How the collector works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GcMode {
    /// In small steps, as in the reference by default.
    Incremental,
    /// For many objects that die young.
    Generational,
}

impl Lua {
    /// Collects all garbage and calls finalizers that are due.
    ///
    /// # Errors
    ///
    /// The VM is destroyed.
    pub fn gc_collect(&self) -> Result<()> {
        self.with(|vm| {
            vm.protect(|vm| {
                // Not from inside a finalizer, as for scripts.
                if !vm.heap.collector.suspended {
                    vm.full_gc();
                    vm.follow_collection();
                }
                Ok(())
            })
        })
    }

    /// Lets the collector do a step, and says whether that ended a cycle.
    ///
    /// # Errors
    ///
    /// The VM is destroyed.
    pub fn gc_step(&self) -> Result<bool> {
        self.gc_step_kbytes(0)
    }

    /// As [`Lua::gc_step`], as if that many kilobytes had been allocated.
    ///
    /// # Errors
    ///
    /// The VM is destroyed.
    pub fn gc_step_kbytes(&self, kbytes: i32) -> Result<bool> {
        self.with(|vm| {
            vm.protect(|vm| Ok(!vm.heap.collector.suspended && vm.gc_step_of(i64::from(kbytes))))
        })
    }

    /// Stops the collector.
    pub fn gc_stop(&self) {
        self.set_stopped(true);
    }

    /// Starts the collector again.
    pub fn gc_restart(&self) {
        self.set_stopped(false);
    }

    fn set_stopped(&self, stopped: bool) {
        // There is nothing to collect in a VM that is gone.
        let _ = self.with(|vm| {
            vm.heap.collector.stopped = stopped;
            vm.heap.collector.threshold = 0;
            Ok(())
        });
    }

    /// Whether the collector was not stopped.
    #[must_use]
    pub fn gc_is_running(&self) -> bool {
        self.with(|vm| Ok(!vm.heap.collector.stopped)).unwrap_or(false)
    }

    /// Chooses incremental collection. A cycle begins when the heap has grown to `pause` percent,
    /// and does `step_multiplier` percent of work for what is allocated; 0 leaves either as it is.
    /// Returns how it worked before.
    pub fn gc_inc(&self, pause: u32, step_multiplier: u32) -> GcMode {
        let previous = self.with(|vm| {
            let collector = &mut vm.heap.collector;
            let known = |percent: u32| (percent > 0).then(|| percent.min(1000) as usize);
            collector.pause = known(pause).unwrap_or(collector.pause);
            collector.step_multiplier = known(step_multiplier).unwrap_or(collector.step_multiplier);
            Ok(vm.set_generational(false))
        });
        mode(previous.unwrap_or(false))
    }

    /// Chooses generational collection. The young are collected when the heap has grown by
    /// `minor_multiplier` percent, and everything when it has by `major_multiplier` percent since
    /// that was done last; 0 leaves either as it is. Returns how it worked before.
    pub fn gc_gen(&self, minor_multiplier: u32, major_multiplier: u32) -> GcMode {
        let previous = self.with(|vm| {
            let generations = &mut vm.heap.collector.generations;
            if minor_multiplier > 0 {
                generations.minor_multiplier = minor_multiplier.min(255) as usize;
            }
            if major_multiplier > 0 {
                generations.major_multiplier = major_multiplier.min(1000) as usize;
            }
            Ok(vm.set_generational(true))
        });
        mode(previous.unwrap_or(false))
    }

    /// Chooses between incremental collection, the default, and generational collection, which
    /// the `lua` command begins with.
    pub fn set_generational(&self, generational: bool) {
        if generational {
            self.gc_gen(0, 0);
        } else {
            self.gc_inc(0, 0);
        }
    }

    /// Makes each safepoint move the stack and collect: slow, and hard on anything that holds what
    /// nothing reaches. For tests.
    pub fn set_stress(&self, stress: Stress) {
        let _ = self.with(|vm| {
            vm.heap.collector.stress = stress;
            vm.heap.collector.threshold = 0;
            Ok(())
        });
    }
}

fn mode(generational: bool) -> GcMode {
    if generational { GcMode::Generational } else { GcMode::Incremental }
}
