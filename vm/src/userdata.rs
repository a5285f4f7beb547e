//! Full userdata: a value of the host with a metatable and values that Lua attaches to it.

use std::any::Any;
use std::cell::{Cell, RefCell};

use crate::heap::{Gc, Header};
use crate::table::Table;
use crate::value::{Tag, Value};

/// What the host keeps in a userdata. VMs change threads, and it goes with them.
pub(crate) type HostData = Box<dyn Any + Send>;

/// A userdata object.
#[repr(C)]
pub(crate) struct Userdata {
    header: Header,
    metatable: Cell<Option<Gc<Table>>>,
    /// What the host keeps in it; shared access only, so that a host value in use can be reached
    /// again from a callback.
    data: HostData,
    user_values: RefCell<Vec<Value>>,
}

impl Userdata {
    pub(crate) fn new(data: HostData, n_user_values: usize) -> Self {
        Self {
            header: Header::new(Tag::USERDATA),
            metatable: Cell::new(None),
            data,
            user_values: RefCell::new(vec![Value::NIL; n_user_values]),
        }
    }

    pub(crate) fn metatable(&self) -> Option<Gc<Table>> {
        self.metatable.get()
    }

    /// Sets the metatable; the caller sees to barrier and finalizer.
    pub(crate) fn set_metatable(&self, metatable: Option<Gc<Table>>) {
        self.metatable.set(metatable);
    }

    pub(crate) fn data<T: Any>(&self) -> Option<&T> {
        self.data.downcast_ref()
    }

    pub(crate) fn into_data(self) -> HostData {
        self.data
    }

    pub(crate) fn user_value(&self, i: usize) -> Option<Value> {
        self.user_values.borrow().get(i).copied()
    }

    /// Sets a user value; the caller sees to the barrier.
    pub(crate) fn set_user_value(&self, i: usize, value: Value) -> bool {
        match self.user_values.borrow_mut().get_mut(i) {
            Some(place) => {
                *place = value;
                true
            }
            None => false,
        }
    }

    /// Makes room for that many user values.
    pub(crate) fn reserve_user_values(&self, n: usize) {
        let mut values = self.user_values.borrow_mut();
        if values.len() < n {
            values.resize(n, Value::NIL);
        }
    }

    pub(crate) fn for_each_value(&self, visit: impl FnMut(Value)) {
        self.user_values.borrow().iter().copied().for_each(visit);
    }
}
