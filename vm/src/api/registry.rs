//! Values that the host keeps: in the VM's registry, or of its own types beside the VM.

use std::any::{Any, TypeId};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use super::convert::{FromLua, IntoLua};
use super::error::{Error, Result};
use super::handle::{Lua, Root};
use super::value::Value;
use crate::host_cell::{BorrowFailure, HostCell, HostRef, HostRefMut};
use crate::value::Value as Raw;

/// Keeps a value alive, without saying of which type it is.
#[derive(Clone)]
pub struct RegistryKey(Root);

impl std::fmt::Debug for RegistryKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RegistryKey")
    }
}

/// Keys of the same value.
impl PartialEq for RegistryKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.is_same(&other.0)
    }
}

impl Lua {
    /// Keeps a value until the key is dropped.
    ///
    /// # Errors
    ///
    /// Those of the conversion; the VM is destroyed.
    pub fn create_registry_value(&self, value: impl IntoLua) -> Result<RegistryKey> {
        let value = value.into_lua(self)?;
        self.with(|vm| {
            let value = vm.import(&value)?;
            Ok(RegistryKey(vm.root(value)))
        })
    }

    /// The value of a key.
    ///
    /// # Errors
    ///
    /// The key is of another VM; those of the conversion; the VM is destroyed.
    pub fn registry_value<T: FromLua>(&self, key: &RegistryKey) -> Result<T> {
        if !self.owns_registry_value(key) {
            return Err(Error::ForeignHandle);
        }
        let value = key.0.with(|vm, value| Ok(vm.export(value)))?;
        T::from_lua(value, self)
    }

    /// Replaces the value of a key, which other keys do not see.
    ///
    /// # Errors
    ///
    /// As [`Lua::registry_value`].
    pub fn replace_registry_value(&self, key: &mut RegistryKey, value: impl IntoLua) -> Result<()> {
        if !self.owns_registry_value(key) {
            return Err(Error::ForeignHandle);
        }
        *key = self.create_registry_value(value)?;
        Ok(())
    }

    /// Forgets a value, as dropping its key does.
    ///
    /// # Errors
    ///
    /// The key is of another VM.
    pub fn remove_registry_value(&self, key: RegistryKey) -> Result<()> {
        if self.owns_registry_value(&key) { Ok(()) } else { Err(Error::ForeignHandle) }
    }

    /// Whether a key is of this VM.
    #[must_use]
    pub fn owns_registry_value(&self, key: &RegistryKey) -> bool {
        self.is_same(key.0.lua())
    }

    /// Forgets at once what dropped keys and handles kept; else the next collection does.
    pub fn expire_registry_values(&self) {
        // A VM that is gone keeps nothing.
        let _ = self.with(|vm| {
            vm.host.forget_released();
            Ok(())
        });
    }

    /// Keeps a value in the VM's registry under a name.
    ///
    /// # Errors
    ///
    /// Those of the conversion; the VM is destroyed, or its memory used up.
    pub fn set_named_registry_value(&self, name: &str, value: impl IntoLua) -> Result<()> {
        let value = value.into_lua(self)?;
        self.with(|vm| {
            vm.collect_if_due()?;
            let value = vm.import(&value)?;
            let key = Raw::string(vm.heap.new_string(name.as_bytes()));
            let registry = vm.registry;
            vm.protect(|vm| vm.raw_set(registry, key, value))
        })
    }

    /// The value in the VM's registry under a name.
    ///
    /// # Errors
    ///
    /// Those of the conversion; the VM is destroyed.
    pub fn named_registry_value<T: FromLua>(&self, name: &str) -> Result<T> {
        let value = self.with(|vm| {
            let key = Raw::string(vm.heap.new_string(name.as_bytes()));
            let value = vm.raw_get(vm.registry, key);
            Ok(vm.export(value))
        })?;
        T::from_lua(value, self)
    }

    /// Forgets the value in the VM's registry under a name.
    ///
    /// # Errors
    ///
    /// The VM is destroyed.
    pub fn unset_named_registry_value(&self, name: &str) -> Result<()> {
        self.set_named_registry_value(name, Value::Nil)
    }

    /// Keeps a value of the host's beside the VM, one of each type, and returns the one before.
    ///
    /// ```
    /// # let lua = moonproof_vm::Lua::new();
    /// struct Config(u32);
    /// lua.set_app_data(Config(7));
    /// assert_eq!(lua.app_data_ref::<Config>().unwrap().0, 7);
    /// ```
    pub fn set_app_data<T: Send + 'static>(&self, value: T) -> Option<T> {
        let value: Arc<dyn Any + Send + Sync> = HostCell::new(value);
        let previous = self.shared().app_data.lock().insert(TypeId::of::<T>(), value)?;
        previous.downcast::<HostCell<T>>().ok()?.take().ok()
    }

    fn app_data<T: Send + 'static>(&self) -> Option<Arc<HostCell<T>>> {
        let value = Arc::clone(self.shared().app_data.lock().get(&TypeId::of::<T>())?);
        value.downcast().ok()
    }

    /// The value of that type; `None` if there is none, or it is borrowed exclusively or by another
    /// thread.
    #[must_use]
    pub fn app_data_ref<T: Send + 'static>(&self) -> Option<AppDataRef<T>> {
        self.app_data()?.borrow().ok().map(AppDataRef)
    }

    /// The value of that type, to be changed; `None` if there is none, or it is borrowed.
    #[must_use]
    pub fn app_data_mut<T: Send + 'static>(&self) -> Option<AppDataRefMut<T>> {
        self.app_data()?.borrow_mut().ok().map(AppDataRefMut)
    }

    /// Takes the value of that type; `None` if there is none, or it is borrowed.
    pub fn remove_app_data<T: Send + 'static>(&self) -> Option<T> {
        let cell = self.app_data::<T>()?;
        match cell.take() {
            Ok(value) => {
                self.shared().app_data.lock().remove(&TypeId::of::<T>());
                Some(value)
            }
            Err(BorrowFailure::Borrowed | BorrowFailure::Taken) => None,
        }
    }
}

/// A value that [`Lua::set_app_data`] has kept, borrowed.
pub struct AppDataRef<T>(HostRef<T>);

impl<T> Deref for AppDataRef<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// A value that [`Lua::set_app_data`] has kept, borrowed exclusively.
pub struct AppDataRefMut<T>(HostRefMut<T>);

impl<T> Deref for AppDataRefMut<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for AppDataRefMut<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for AppDataRef<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for AppDataRefMut<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
