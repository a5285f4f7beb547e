//! Values of the host's in Lua.

mod methods;
mod registry;

use std::any::Any;
use std::ffi::c_void;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

pub use methods::{MetaMethod, UserDataFields, UserDataMethods};
pub use registry::UserDataRegistry;

use super::convert::{FromLua, FromLuaMulti, IntoLua, IntoLuaMulti};
use super::error::{Error, Result};
use super::function::call_value;
use super::handle::{Lua, Root};
use super::table::{Table, equals_of, get_of, set_of};
use super::value::Value;
use crate::heap::Gc;
use crate::host_cell::{BorrowFailure, HostCell, HostRef, HostRefMut};
use crate::userdata::Userdata as RawUserdata;
use crate::value::Value as Raw;
use crate::vm::Vm;

/// Types of the host's that scripts use by methods, fields and operators.
///
/// ```
/// use moonproof_vm::{Lua, MetaMethod, UserData, UserDataFields, UserDataMethods, UserDataRef};
///
/// struct Point { x: f64, y: f64 }
///
/// impl UserData for Point {
///     fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
///         fields.add_field_method_get("x", |_, this| Ok(this.x));
///         fields.add_field_method_set("x", |_, this, x| { this.x = x; Ok(()) });
///     }
///
///     fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
///         methods.add_method("length", |_, this, ()| Ok(this.x.hypot(this.y)));
///         methods.add_meta_method(MetaMethod::Add, |_, this, other: UserDataRef<Point>| {
///             Ok(Point { x: this.x + other.x, y: this.y + other.y })
///         });
///     }
/// }
///
/// let lua = Lua::new();
/// lua.globals().set("p", Point { x: 3.0, y: 4.0 })?;
/// assert_eq!(lua.load("p:length()").eval::<f64>()?, 5.0);
/// assert_eq!(lua.load("p.x = 6; local q = p + p; return q.x").eval::<f64>()?, 12.0);
/// # Ok::<(), moonproof_vm::Error>(())
/// ```
pub trait UserData: Sized + Send + 'static {
    /// Declares fields.
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        let _ = fields;
    }

    /// Declares methods, functions and metamethods.
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        let _ = methods;
    }

    /// Declares both.
    fn register(registry: &mut UserDataRegistry<Self>) {
        Self::add_fields(registry);
        Self::add_methods(registry);
    }
}

/// A value of the host's becomes a new userdata.
impl<T: UserData> IntoLua for T {
    fn into_lua(self, lua: &Lua) -> Result<Value> {
        Ok(Value::UserData(lua.create_userdata(self)?))
    }
}

/// A handle to a userdata: a value of the host's, of whatever type.
#[derive(Clone)]
pub struct AnyUserData(pub(super) Root);

/// The value of a userdata, borrowed.
///
/// Several may be borrowed on one thread; as long as they are, nobody else borrows the value
/// exclusively, and other threads not at all. As a parameter of a host function it takes a userdata
/// of that type.
pub struct UserDataRef<T>(HostRef<T>);

/// The value of a userdata, borrowed exclusively.
pub struct UserDataRefMut<T>(HostRefMut<T>);

impl<T> Deref for UserDataRef<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> Deref for UserDataRefMut<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for UserDataRefMut<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for UserDataRef<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for UserDataRefMut<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (**self).fmt(f)
    }
}

fn userdata_of(value: Value, to: &'static str) -> Result<AnyUserData> {
    match value {
        Value::UserData(userdata) => Ok(userdata),
        other => Err(Error::from_lua(other.type_name(), to)),
    }
}

impl<T: Send + 'static> FromLua for UserDataRef<T> {
    fn from_lua(value: Value, _: &Lua) -> Result<Self> {
        userdata_of(value, std::any::type_name::<T>())?.borrow()
    }
}

impl<T: Send + 'static> FromLua for UserDataRefMut<T> {
    fn from_lua(value: Value, _: &Lua) -> Result<Self> {
        userdata_of(value, std::any::type_name::<T>())?.borrow_mut()
    }
}

/// What the userdata of a host type holds.
struct Data {
    cell: Arc<dyn Any + Send + Sync>,
    type_name: &'static str,
    /// Takes the value out and drops it.
    destroy: fn(&Arc<dyn Any + Send + Sync>) -> Result<()>,
}

fn destroy<T: Send + 'static>(cell: &Arc<dyn Any + Send + Sync>) -> Result<()> {
    let cell = Arc::clone(cell).downcast::<HostCell<T>>();
    let Ok(cell) = cell else { return Err(Error::UserDataTypeMismatch) };
    drop(cell.take().map_err(|failure| borrow_error(failure, true))?);
    Ok(())
}

fn borrow_error(failure: BorrowFailure, exclusive: bool) -> Error {
    match failure {
        BorrowFailure::Taken => Error::UserDataDestructed,
        BorrowFailure::Borrowed if exclusive => Error::UserDataBorrowMutError,
        BorrowFailure::Borrowed => Error::UserDataBorrowError,
    }
}

impl AnyUserData {
    fn with<R>(&self, action: impl FnOnce(&mut Vm, Gc<RawUserdata>) -> Result<R>) -> Result<R> {
        self.0.with(|vm, value| match value.as_userdata() {
            Some(userdata) => action(vm, userdata),
            None => Err(Error::VmDestroyed),
        })
    }

    fn cell<T: Send + 'static>(&self) -> Result<Arc<HostCell<T>>> {
        let cell = self.with(|_, userdata| match userdata.data::<Data>() {
            Some(data) => Ok(Arc::clone(&data.cell)),
            None => Err(Error::UserDataTypeMismatch),
        })?;
        cell.downcast().map_err(|_| Error::UserDataTypeMismatch)
    }

    /// Whether it holds a value of that type.
    #[must_use]
    pub fn is<T: Send + 'static>(&self) -> bool {
        self.cell::<T>().is_ok()
    }

    /// The Rust type's name, if it was made by this API.
    #[must_use]
    pub fn type_name(&self) -> Option<&'static str> {
        self.with(|_, userdata| Ok(userdata.data::<Data>().map(|data| data.type_name)))
            .unwrap_or(None)
    }

    /// Borrows the value.
    ///
    /// # Errors
    ///
    /// It is of another type, was taken, or is borrowed exclusively or by another thread.
    pub fn borrow<T: Send + 'static>(&self) -> Result<UserDataRef<T>> {
        self.cell()?.borrow().map(UserDataRef).map_err(|failure| borrow_error(failure, false))
    }

    /// Borrows the value exclusively.
    ///
    /// # Errors
    ///
    /// It is of another type, was taken, or is borrowed.
    pub fn borrow_mut<T: Send + 'static>(&self) -> Result<UserDataRefMut<T>> {
        self.cell()?.borrow_mut().map(UserDataRefMut).map_err(|failure| borrow_error(failure, true))
    }

    /// Takes the value out: from then on the userdata is without one.
    ///
    /// # Errors
    ///
    /// It is of another type, was taken, or is borrowed.
    pub fn take<T: Send + 'static>(&self) -> Result<T> {
        self.cell()?.take().map_err(|failure| borrow_error(failure, true))
    }

    /// Drops the value, of whatever type: from then on the userdata is without one.
    ///
    /// # Errors
    ///
    /// It was not made by this API, was taken, or is borrowed.
    pub fn destroy(&self) -> Result<()> {
        let found = self.with(|_, userdata| {
            Ok(userdata.data::<Data>().map(|data| (Arc::clone(&data.cell), data.destroy)))
        })?;
        let (cell, destroy) = found.ok_or(Error::UserDataTypeMismatch)?;
        destroy(&cell)
    }

    /// Attaches a Lua value to it, the first of its user values.
    ///
    /// # Errors
    ///
    /// Those of the conversion; the VM is destroyed.
    pub fn set_user_value(&self, value: impl IntoLua) -> Result<()> {
        self.set_nth_user_value(1, value)
    }

    /// The first of its user values.
    ///
    /// # Errors
    ///
    /// Those of the conversion; the VM is destroyed.
    pub fn user_value<V: FromLua>(&self) -> Result<V> {
        self.nth_user_value(1)
    }

    /// Attaches a Lua value to it, from 1 to 65,535.
    ///
    /// # Errors
    ///
    /// The number is none of those; those of the conversion; the VM is destroyed.
    pub fn set_nth_user_value(&self, n: usize, value: impl IntoLua) -> Result<()> {
        if !(1..=65_535).contains(&n) {
            return Err(Error::runtime("user value index out of bounds"));
        }
        let value = value.into_lua(self.0.lua())?;
        self.with(|vm, userdata| {
            let value = vm.import(&value)?;
            userdata.reserve_user_values(n);
            userdata.set_user_value(n - 1, value);
            vm.heap.collector.barrier(userdata, value);
            Ok(())
        })
    }

    /// The Lua value attached to it under a number; nil if there is none.
    ///
    /// # Errors
    ///
    /// Those of the conversion; the VM is destroyed.
    pub fn nth_user_value<V: FromLua>(&self, n: usize) -> Result<V> {
        let value = self.with(|vm, userdata| {
            let value = n.checked_sub(1).and_then(|n| userdata.user_value(n));
            Ok(vm.export(value.unwrap_or(Raw::NIL)))
        })?;
        V::from_lua(value, self.0.lua())
    }

    /// The metatable, if it has one: scripts do not see it.
    #[must_use]
    pub fn metatable(&self) -> Option<Table> {
        let metatable = self.with(|vm, userdata| {
            Ok(userdata.metatable().map(|metatable| Table(vm.root(Raw::table(metatable)))))
        });
        metatable.unwrap_or(None)
    }

    /// The value at a key, by `__index`.
    ///
    /// # Errors
    ///
    /// Those of the metamethod and of the conversions.
    pub fn get<V: FromLua>(&self, key: impl IntoLua) -> Result<V> {
        V::from_lua(get_of(&self.0, key)?, self.0.lua())
    }

    /// Sets the value at a key, by `__newindex`.
    ///
    /// # Errors
    ///
    /// Those of the metamethod and of the conversions.
    pub fn set(&self, key: impl IntoLua, value: impl IntoLua) -> Result<()> {
        set_of(&self.0, key, value)
    }

    /// Calls the userdata by its `__call`.
    ///
    /// # Errors
    ///
    /// Those of the call and of the conversions.
    pub fn call<R: FromLuaMulti>(&self, args: impl IntoLuaMulti) -> Result<R> {
        call_value(&self.0, args)
    }

    /// Calls a method with the userdata and arguments: `userdata:name(...)`.
    ///
    /// # Errors
    ///
    /// Those of the call and of the conversions.
    pub fn call_method<R: FromLuaMulti>(&self, name: &str, args: impl IntoLuaMulti) -> Result<R> {
        let mut args = args.into_lua_multi(self.0.lua())?;
        args.push_front(Value::UserData(self.clone()));
        self.get::<super::Function>(name)?.call(args)
    }

    /// Whether Lua finds both equal; `__eq` is called.
    ///
    /// # Errors
    ///
    /// Those of the metamethod; the other is of another VM.
    pub fn equals(&self, other: &Self) -> Result<bool> {
        equals_of(&self.0, &Value::UserData(other.clone()))
    }

    /// The address of the userdata.
    #[must_use]
    pub fn to_pointer(&self) -> *const c_void {
        self.0.to_pointer()
    }
}

impl PartialEq for AnyUserData {
    fn eq(&self, other: &Self) -> bool {
        self.0.is_same(&other.0)
    }
}

impl std::fmt::Debug for AnyUserData {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AnyUserData({:p})", self.to_pointer())
    }
}

impl Lua {
    /// A userdata with the methods and fields of its type.
    ///
    /// # Errors
    ///
    /// Those of the type's fields; the VM is destroyed, or its memory used up.
    pub fn create_userdata<T: UserData>(&self, value: T) -> Result<AnyUserData> {
        if !self.is_registered::<T>()? {
            self.register_userdata_type(T::register)?;
        }
        self.create_any_userdata(value)
    }

    /// A userdata of any type, with what [`Lua::register_userdata_type`] gave it.
    ///
    /// # Errors
    ///
    /// The VM is destroyed, or its memory used up.
    pub fn create_any_userdata<T: Send + 'static>(&self, value: T) -> Result<AnyUserData> {
        let cell = HostCell::new(value);
        self.with(|vm| {
            vm.collect_if_due()?;
            let data = Data { cell, type_name: std::any::type_name::<T>(), destroy: destroy::<T> };
            let held = size_of::<Data>() + size_of::<T>();
            let userdata = vm.heap.new_userdata(Box::new(data), 0, held);
            let metatable = vm.host.types.get(&std::any::TypeId::of::<T>()).copied();
            vm.set_userdata_metatable(userdata, metatable);
            Ok(AnyUserData(vm.root(Raw::userdata(userdata))))
        })
    }
}
