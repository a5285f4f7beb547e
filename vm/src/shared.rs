//! What all handles of one VM share, and the one place that turns its address into a reference.
//!
//! A VM is `&mut` to whoever works on it, and its users hold any number of handles. The cell here
//! holds the VM's address while nobody works on it: an operation takes the address out for as long
//! as it lasts, and a call of a host function puts that of the VM it was lent back in, until the
//! host function returns ([G11] in `heap`). Whoever finds the cell empty is told so.
//!
//! The lock is re-entrant, since a host function that the VM calls uses the VM on the same thread;
//! other threads wait until the outermost operation ends.

use std::any::{Any, TypeId};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::{Mutex, ReentrantMutex};

use crate::api::{Error, Result};
use crate::vm::Vm;

/// Values of the host by their types.
type AppData = BTreeMap<TypeId, Arc<dyn Any + Send + Sync>>;

/// What handles point to. It outlives the VM, which goes with its last owner.
pub(crate) struct Shared {
    cell: ReentrantMutex<VmCell>,
    /// Owning `Lua` values.
    owners: AtomicUsize,
    /// Root slots whose handles are gone.
    released: Mutex<Vec<u32>>,
    pub(crate) app_data: Mutex<AppData>,
}

/// The VM's address, if nobody works on it.
struct VmCell {
    vm: Cell<Option<NonNull<Vm>>>,
    /// Operations under way, one inside the other.
    depth: Cell<u32>,
    /// The VM is destroyed, or about to be.
    gone: Cell<bool>,
}

// SAFETY: [G11] the cell is only reached by the thread that holds the lock, and all that a VM owns
// may change threads with it: its heap and stacks are reached through it alone, values of the host
// and library state are `Send` (see the assertions below), and shared prototypes never change.
unsafe impl Send for VmCell {}

const _: () = {
    const fn assert_send<T: Send>() {}
    assert_send::<crate::stdlib::Stream>();
    assert_send::<crate::stdlib::IoLib>();
    assert_send::<crate::stdlib::OsLib>();
    assert_send::<crate::stdlib::StringLib>();
    assert_send::<crate::userdata::HostData>();
};

impl Shared {
    /// For a VM that is about to be made, with one owner.
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            cell: ReentrantMutex::new(VmCell {
                vm: Cell::new(None),
                depth: Cell::new(0),
                gone: Cell::new(false),
            }),
            owners: AtomicUsize::new(1),
            released: Mutex::new(Vec::new()),
            app_data: Mutex::new(BTreeMap::new()),
        })
    }

    /// Takes over the VM.
    pub(crate) fn install(&self, vm: Box<Vm>) {
        self.cell.lock().vm.set(NonNull::new(Box::into_raw(vm)));
    }

    /// Works on the VM.
    ///
    /// # Errors
    ///
    /// The VM is destroyed, or a host value is being dropped at a moment at which the VM cannot be
    /// used.
    pub(crate) fn with<R>(&self, action: impl FnOnce(&mut Vm) -> Result<R>) -> Result<R> {
        // Dropped in the opposite order: address back, lock released, VM destroyed if it is due.
        let _reaper = Reaper(self);
        let cell = self.cell.lock();
        let Some(mut vm) = cell.vm.take() else {
            return Err(if cell.gone.get() { Error::VmDestroyed } else { Error::VmBusy });
        };
        cell.depth.set(cell.depth.get() + 1);
        let _back = PutBack { cell: &cell, vm };
        // SAFETY: [G11] the address was in the cell, so that no other reference is in use until it
        // is back; it was made from the box or from the reference that was lent.
        action(unsafe { vm.as_mut() })
    }

    /// Lets the host use a VM that is working, until `action` ends.
    pub(crate) fn lend<R>(&self, vm: &mut Vm, action: impl FnOnce() -> R) -> R {
        let cell = self.cell.lock();
        vm.host.n_lent += 1;
        let lent = Lent { cell: &cell, previous: cell.vm.take(), vm };
        cell.vm.set(Some(NonNull::from(&mut *lent.vm)));
        action()
    }

    /// A root slot is free: the collector learns of it at its next cycle.
    pub(crate) fn release(&self, index: u32) {
        self.released.lock().push(index);
    }

    /// Takes the slots that were released.
    pub(crate) fn take_released(&self, into: &mut Vec<u32>) {
        into.append(&mut self.released.lock());
    }

    pub(crate) fn add_owner(&self) {
        self.owners.fetch_add(1, Ordering::Relaxed);
    }

    /// One more owner, if there is one.
    pub(crate) fn try_add_owner(&self) -> bool {
        let add = |n: usize| (n > 0).then_some(n + 1);
        self.owners.fetch_update(Ordering::AcqRel, Ordering::Relaxed, add).is_ok()
    }

    /// One owner less; the VM goes with the last one, or as soon as it stands still.
    pub(crate) fn remove_owner(&self) {
        if self.owners.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.reap();
        }
    }

    /// Destroys a VM without owners, unless it is at work: then who works on it does.
    #[cold]
    fn reap(&self) {
        let Some(cell) = self.cell.try_lock() else { return };
        if cell.depth.get() > 0 || cell.gone.get() || self.owners.load(Ordering::SeqCst) > 0 {
            return;
        }
        let Some(vm) = cell.vm.take() else { return };
        cell.depth.set(1);
        let gone = Gone(&cell);
        // SAFETY: [G11] the address was in the cell, and came from the box that the VM was given in.
        let mut vm = unsafe { Box::from_raw(vm.as_ptr()) };
        if std::thread::panicking() {
            // A second panic, in a finalizer, would end the process.
            vm.closed = true;
        }
        // The cell is empty, and finalizers lend the VM to host functions.
        vm.close();
        cell.gone.set(true);
        drop(vm);
        drop(gone);
        let data = std::mem::take(&mut *self.app_data.lock());
        drop(cell);
        drop(data);
    }
}

/// Puts the VM's address back.
struct PutBack<'a> {
    cell: &'a VmCell,
    vm: NonNull<Vm>,
}

impl Drop for PutBack<'_> {
    fn drop(&mut self) {
        self.cell.vm.set(Some(self.vm));
        self.cell.depth.set(self.cell.depth.get() - 1);
    }
}

/// Marks the VM as destroyed, even if that panics.
struct Gone<'a>(&'a VmCell);

impl Drop for Gone<'_> {
    fn drop(&mut self) {
        self.0.gone.set(true);
        self.0.depth.set(0);
    }
}

/// Takes back the VM that was lent to the host.
struct Lent<'a> {
    cell: &'a VmCell,
    previous: Option<NonNull<Vm>>,
    vm: &'a mut Vm,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        self.cell.vm.set(self.previous);
        self.vm.host.n_lent -= 1;
    }
}

/// Looks, after an operation, whether the last owner has gone meanwhile.
struct Reaper<'a>(&'a Shared);

impl Drop for Reaper<'_> {
    fn drop(&mut self) {
        if self.0.owners.load(Ordering::SeqCst) == 0 {
            self.0.reap();
        }
    }
}
