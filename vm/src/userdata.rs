//! Full userdata: a value of the host with a metatable and values that Lua attaches to it.

use std::any::Any;
use std::cell::{Cell, RefCell};

use crate::heap::{Gc, Header};
use crate::table::Table;
use crate::value::{Tag, Value};

/// A userdata object.
#[repr(C)]
pub(crate) struct Userdata {
    header: Header,
    metatable: Cell<Option<Gc<Table>>>,
    /// What the host keeps in it; shared access only, so that a host value in use can be reached
    /// again from a callback.
    data: Box<dyn Any>,
    user_values: RefCell<Vec<Value>>,
}

impl Userdata {
    pub(crate) fn new(data: Box<dyn Any>, n_user_values: usize) -> Self {
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

    pub(crate) fn for_each_value(&self, visit: impl FnMut(Value)) {
        self.user_values.borrow().iter().copied().for_each(visit);
    }
}
