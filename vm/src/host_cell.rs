//! A value of the host that Lua and the host share: borrowed as from a `RefCell`, by one thread at
//! a time ([G12] in `heap`).
//!
//! The VM changes threads, and so do its userdata; what is borrowed from them is a guard that stays
//! on its thread. A cell therefore remembers which thread borrows it and refuses all others, which
//! makes types that are `Send` but not `Sync` safe to share.

use std::cell::UnsafeCell;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use parking_lot::Mutex;

/// Why a value cannot be borrowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BorrowFailure {
    /// It is borrowed already, in a way that excludes this one.
    Borrowed,
    /// It was taken out.
    Taken,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    None,
    /// By that thread, so many times.
    Shared(usize, usize),
    Exclusive,
}

/// The cell: made once, shared by reference count.
pub(crate) struct HostCell<T> {
    used: Mutex<Use>,
    value: UnsafeCell<Option<T>>,
}

// SAFETY: [G12] the value is reached through guards only; those stay on their threads, and at any
// time all of them are on one.
unsafe impl<T: Send> Sync for HostCell<T> {}

/// A number that no other running thread has.
fn this_thread() -> usize {
    thread_local!(static MARK: u8 = const { 0 });
    // While the thread is being destroyed its mark is still in its place: it has no destructor.
    MARK.with(|mark| std::ptr::from_ref(mark).addr())
}

impl<T> HostCell<T> {
    pub(crate) fn new(value: T) -> Arc<Self> {
        Arc::new(Self { used: Mutex::new(Use::None), value: UnsafeCell::new(Some(value)) })
    }

    pub(crate) fn borrow(self: &Arc<Self>) -> Result<HostRef<T>, BorrowFailure> {
        let thread = this_thread();
        let mut used = self.used.lock();
        let now = match *used {
            Use::None => Use::Shared(thread, 1),
            Use::Shared(owner, n) if owner == thread => Use::Shared(owner, n + 1),
            _ => return Err(BorrowFailure::Borrowed),
        };
        // SAFETY: [G12] nobody has the value exclusively, and other borrowers are on this thread.
        if unsafe { &*self.value.get() }.is_none() {
            return Err(BorrowFailure::Taken);
        }
        *used = now;
        Ok(HostRef { cell: Arc::clone(self), _stays: PhantomData })
    }

    pub(crate) fn borrow_mut(self: &Arc<Self>) -> Result<HostRefMut<T>, BorrowFailure> {
        let mut used = self.used.lock();
        if *used != Use::None {
            return Err(BorrowFailure::Borrowed);
        }
        // SAFETY: [G12] nobody else has the value.
        if unsafe { &*self.value.get() }.is_none() {
            return Err(BorrowFailure::Taken);
        }
        *used = Use::Exclusive;
        Ok(HostRefMut { cell: Arc::clone(self), _stays: PhantomData })
    }

    /// Takes the value out for good.
    pub(crate) fn take(&self) -> Result<T, BorrowFailure> {
        let used = self.used.lock();
        if *used != Use::None {
            return Err(BorrowFailure::Borrowed);
        }
        // SAFETY: [G12] nobody else has the value, and the lock is held.
        unsafe { &mut *self.value.get() }.take().ok_or(BorrowFailure::Taken)
    }
}

/// A shared borrow.
pub(crate) struct HostRef<T> {
    cell: Arc<HostCell<T>>,
    _stays: PhantomData<*const T>,
}

impl<T> Deref for HostRef<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: [G12] the cell counts this guard, so that nobody has the value exclusively.
        let value = unsafe { &*self.cell.value.get() };
        value.as_ref().expect("a value that is borrowed is not taken")
    }
}

impl<T> Drop for HostRef<T> {
    fn drop(&mut self) {
        let mut used = self.cell.used.lock();
        *used = match *used {
            Use::Shared(owner, n) if n > 1 => Use::Shared(owner, n - 1),
            _ => Use::None,
        };
    }
}

/// An exclusive borrow.
pub(crate) struct HostRefMut<T> {
    cell: Arc<HostCell<T>>,
    _stays: PhantomData<*mut T>,
}

impl<T> Deref for HostRefMut<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: [G12] the cell is marked as borrowed exclusively by this guard.
        let value = unsafe { &*self.cell.value.get() };
        value.as_ref().expect("a value that is borrowed is not taken")
    }
}

impl<T> DerefMut for HostRefMut<T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: [G12] as in `deref`.
        let value = unsafe { &mut *self.cell.value.get() };
        value.as_mut().expect("a value that is borrowed is not taken")
    }
}

impl<T> Drop for HostRefMut<T> {
    fn drop(&mut self) {
        *self.cell.used.lock() = Use::None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borrows_exclude_each_other() {
        let cell = HostCell::new(std::cell::Cell::new(1));
        let first = cell.borrow().expect("free");
        let second = cell.borrow().expect("the same thread");
        assert_eq!(cell.borrow_mut().err(), Some(BorrowFailure::Borrowed));
        assert_eq!(cell.take().err(), Some(BorrowFailure::Borrowed));
        let other = Arc::clone(&cell);
        let refused = std::thread::spawn(move || other.borrow().err()).join();
        assert_eq!(refused.ok().flatten(), Some(BorrowFailure::Borrowed));
        first.set(2);
        assert_eq!(second.get(), 2);
        drop((first, second));
        cell.borrow_mut().expect("free again").set(3);
        assert_eq!(cell.take().ok().map(|value| value.get()), Some(3));
        assert_eq!(cell.borrow().err(), Some(BorrowFailure::Taken));
    }
}
