//! Coroutines as values.

use std::cell::{Cell, RefCell};

use crate::heap::{Gc, Header};
use crate::stack::Stack;
use crate::value::{Tag, Value};

/// What a coroutine is doing (`coroutine.status`, manual section 2.6).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Status {
    Suspended,
    Running,
    /// It resumed another.
    Normal,
    Dead,
}

/// A thread object. The stack of the running thread is in the VM, and its place here is empty; so it
/// may be in a coroutine that has returned.
#[repr(C)]
pub(crate) struct Thread {
    header: Header,
    stack: RefCell<Option<Box<Stack>>>,
    pub(crate) status: Cell<Status>,
    /// The thread that resumed this one, while it runs.
    pub(crate) resumer: Cell<Option<Gc<Self>>>,
    /// Calls from native functions on the Rust stack, across which it cannot yield.
    pub(crate) n_native_calls: Cell<u32>,
    /// The VM's counts of native calls when it was resumed.
    pub(crate) calls_of_resumer: Cell<(u32, u32)>,
    /// What it died of, until it is closed.
    pub(crate) failure: Cell<Option<Value>>,
    /// Bytes of the stack, as accounted to the heap.
    accounted: Cell<usize>,
}

impl Thread {
    /// A thread with a stack that is accounted.
    pub(crate) fn new(stack: Option<Box<Stack>>, status: Status) -> Self {
        let accounted = Cell::new(stack.as_ref().map_or(0, |stack| stack.bytes()));
        Self {
            header: Header::new(Tag::THREAD),
            stack: RefCell::new(stack),
            status: Cell::new(status),
            resumer: Cell::new(None),
            n_native_calls: Cell::new(0),
            calls_of_resumer: Cell::new((0, 0)),
            failure: Cell::new(None),
            accounted,
        }
    }

    pub(crate) fn with_stack<R>(&self, f: impl FnOnce(&Stack) -> R) -> Option<R> {
        self.stack.borrow().as_deref().map(f)
    }

    pub(crate) fn with_stack_mut<R>(&self, f: impl FnOnce(&mut Stack) -> R) -> Option<R> {
        self.stack.borrow_mut().as_deref_mut().map(f)
    }

    /// Takes the stack out, to run it.
    pub(crate) fn take_stack(&self) -> Option<Box<Stack>> {
        self.stack.borrow_mut().take()
    }

    pub(crate) fn put_stack(&self, stack: Box<Stack>) {
        *self.stack.borrow_mut() = Some(stack);
    }

    /// Takes the stack for good, unless something hangs on it.
    pub(crate) fn give_up_stack(&self) -> Option<Box<Stack>> {
        let stack = self.stack.borrow_mut().take_if(|stack| stack.is_bare())?;
        self.accounted.set(0);
        Some(stack)
    }

    /// Gives a stack to a thread that has none.
    pub(crate) fn adopt_stack(&self, stack: Box<Stack>) {
        self.accounted.set(stack.bytes());
        self.put_stack(stack);
    }

    /// Bytes of the stack that the heap was told of.
    pub(crate) fn stack_bytes(&self) -> usize {
        self.accounted.get()
    }

    /// Tells the heap's account what the stack takes now, and took before.
    pub(crate) fn account_stack(&self, stack: &Stack, account: impl FnOnce(usize, usize)) {
        let bytes = stack.bytes();
        account(self.accounted.replace(bytes), bytes);
    }
}
