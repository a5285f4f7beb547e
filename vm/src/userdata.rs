//! Full userdata: a value of the host with a metatable and values that Lua attaches to it.

use std::any::Any;
use std::cell::Cell;

use crate::heap::{Gc, Header};
use crate::table::Table;
use crate::value::{Tag, Value};

/// What the host keeps in a userdata. VMs change threads, and it goes with them.
pub(crate) type HostData = Box<dyn Any + Send>;

/// A userdata object, as large as a table.
#[repr(C)]
pub(crate) struct Userdata {
    header: Header,
    metatable: Cell<Option<Gc<Table>>>,
    /// What the host keeps in it; shared access only, so that a host value in use can be reached
    /// again from a callback.
    data: HostData,
    /// Taken out while they are looked at.
    user_values: Cell<Box<[Value]>>,
}

impl Userdata {
    pub(crate) fn new(data: HostData, n_user_values: usize) -> Self {
        Self {
            header: Header::new(Tag::USERDATA),
            metatable: Cell::new(None),
            data,
            user_values: Cell::new(vec![Value::NIL; n_user_values].into()),
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

    fn with_user_values<R>(&self, action: impl FnOnce(&mut Box<[Value]>) -> R) -> R {
        let mut values = self.user_values.take();
        let result = action(&mut values);
        self.user_values.set(values);
        result
    }

    pub(crate) fn user_value(&self, i: usize) -> Option<Value> {
        self.with_user_values(|values| values.get(i).copied())
    }

    /// Sets a user value; the caller sees to the barrier.
    pub(crate) fn set_user_value(&self, i: usize, value: Value) -> bool {
        self.with_user_values(|values| values.get_mut(i).map(|place| *place = value).is_some())
    }

    /// Makes room for that many user values.
    pub(crate) fn reserve_user_values(&self, n: usize) {
        self.with_user_values(|values| {
            if values.len() < n {
                let mut more = std::mem::take(values).into_vec();
                more.resize(n, Value::NIL);
                *values = more.into();
            }
        });
    }

    pub(crate) fn for_each_value(&self, visit: impl FnMut(Value)) {
        self.with_user_values(|values| values.iter().copied().for_each(visit));
    }
}
