//! `Lua`, and handles to values: how values cross between the host and a VM.

use std::sync::{Arc, Weak};

use super::convert::Passed;
use super::error::{Error, Result};
use super::string::String;
use super::table::Table;
use super::value::{LightUserData, Value};
use super::{AnyUserData, Function, Thread};
use crate::api::callback::HostError;
use crate::shared::Shared;
use crate::value::{Tag, Value as Raw};
use crate::vm::Vm;

/// A Lua VM.
///
/// Clones are handles to the same VM, which is destroyed with the last of them. It can be used from
/// any thread, by one at a time: others wait. Handles to values do not keep the VM alive; using one
/// after the VM is gone is an error.
///
/// ```
/// use moonproof_vm::{Lua, Result};
///
/// fn main() -> Result<()> {
///     let lua = Lua::new();
///     lua.globals().set("greet", lua.create_function(|_, name: String| Ok(format!("Hello, {name}!")))?)?;
///     let text: String = lua.load("greet('world')").eval()?;
///     assert_eq!(text, "Hello, world!");
///     Ok(())
/// }
/// ```
pub struct Lua {
    shared: Arc<Shared>,
    /// Whether the VM lives as long as this; handles have one that does not count.
    is_owner: bool,
}

impl Clone for Lua {
    fn clone(&self) -> Self {
        self.shared.add_owner();
        Self { shared: Arc::clone(&self.shared), is_owner: true }
    }
}

impl Drop for Lua {
    fn drop(&mut self) {
        if self.is_owner {
            self.shared.remove_owner();
        }
    }
}

impl std::fmt::Debug for Lua {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Lua({:p})", Arc::as_ptr(&self.shared))
    }
}

impl Lua {
    /// The owner of a new VM.
    pub(super) fn own(vm: Box<Vm>) -> Self {
        let shared = Arc::clone(vm.host.shared());
        shared.install(vm);
        Self { shared, is_owner: true }
    }

    /// A handle that keeps nothing alive.
    pub(super) fn unowned(shared: Arc<Shared>) -> Self {
        Self { shared, is_owner: false }
    }

    /// The same VM, without counting as its owner.
    pub(super) fn share(&self) -> Self {
        Self::unowned(Arc::clone(&self.shared))
    }

    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    /// Works on the VM.
    pub(super) fn with<R>(&self, action: impl FnOnce(&mut Vm) -> Result<R>) -> Result<R> {
        self.shared.with(action)
    }

    /// Keeps the VM alive while results are converted, unless it is being destroyed.
    pub(super) fn keep(&self) -> Option<Self> {
        self.weak().try_upgrade()
    }

    /// A handle that does not keep the VM alive.
    pub fn weak(&self) -> WeakLua {
        WeakLua::new(Arc::downgrade(&self.shared))
    }
}

/// A handle to a VM that does not keep it alive: what host functions and values store.
#[derive(Clone)]
pub struct WeakLua {
    shared: Weak<Shared>,
}

impl std::fmt::Debug for WeakLua {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WeakLua({:p})", self.shared.as_ptr())
    }
}

impl WeakLua {
    pub(super) fn new(shared: Weak<Shared>) -> Self {
        Self { shared }
    }

    /// The VM, if it is still there.
    pub fn try_upgrade(&self) -> Option<Lua> {
        let shared = self.shared.upgrade()?;
        shared.try_add_owner().then(|| Lua { shared, is_owner: true })
    }
}

/// A root slot of a VM: keeps a value alive until the last clone is dropped.
#[derive(Clone)]
pub(super) struct Root(Arc<Slot>);

struct Slot {
    lua: Lua,
    index: u32,
}

/// The index of a handle that refers to nothing.
const NOWHERE: u32 = u32::MAX;

impl Drop for Slot {
    fn drop(&mut self) {
        if self.index != NOWHERE {
            self.lua.shared.release(self.index);
        }
    }
}

impl Root {
    /// A handle of a VM that is gone already.
    pub(super) fn dead(lua: &Lua) -> Self {
        Self(Arc::new(Slot { lua: lua.share(), index: NOWHERE }))
    }

    pub(super) fn lua(&self) -> &Lua {
        &self.0.lua
    }

    /// The value, in its VM.
    pub(super) fn value(&self, vm: &Vm) -> Raw {
        vm.host.rooted(self.0.index)
    }

    /// Works on the VM and the value.
    pub(super) fn with<R>(&self, action: impl FnOnce(&mut Vm, Raw) -> Result<R>) -> Result<R> {
        self.lua().with(|vm| {
            let value = self.value(vm);
            action(vm, value)
        })
    }

    /// The value in a VM that may be another.
    fn import(&self, vm: &Vm) -> Result<Raw> {
        if Arc::ptr_eq(vm.host.shared(), &self.lua().shared) {
            Ok(self.value(vm))
        } else {
            Err(Error::ForeignHandle)
        }
    }

    /// Whether both refer to the same value.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
            || self.lua().is_same(other.lua())
                && self.with(|vm, value| Ok(value.raw_equals(other.value(vm)))).unwrap_or(false)
    }

    /// The address of what it refers to, for messages and comparison only; null if it is gone.
    pub(super) fn to_pointer(&self) -> *const std::ffi::c_void {
        let address = self.with(|_, value| Ok(value.payload() as usize)).unwrap_or(0);
        std::ptr::without_provenance(address)
    }
}

impl Vm {
    /// A root slot for a value.
    pub(super) fn root(&mut self, value: Raw) -> Root {
        let index = self.host.root(value);
        Root(Arc::new(Slot { lua: Lua::unowned(Arc::clone(self.host.shared())), index }))
    }

    /// A value as the host sees it.
    pub(super) fn export(&mut self, value: Raw) -> Value {
        match value.tag() {
            Tag::NIL => Value::Nil,
            Tag::FALSE => Value::Boolean(false),
            Tag::TRUE => Value::Boolean(true),
            Tag::INT => Value::Integer(value.int_bits()),
            Tag::FLOAT => Value::Number(value.float_bits()),
            Tag::LIGHT => Value::LightUserData(LightUserData(value.payload())),
            Tag::SHORT_STR | Tag::LONG_STR => Value::String(String(self.root(value))),
            Tag::TABLE => Value::Table(Table(self.root(value))),
            Tag::NATIVE | Tag::CLOSURE | Tag::NATIVE_CLOSURE => {
                Value::Function(Function(self.root(value)))
            }
            Tag::USERDATA => {
                if let Some(userdata) = value.as_userdata()
                    && let Some(HostError(error)) = userdata.data()
                {
                    return Value::Error(Box::new(error.clone()));
                }
                Value::UserData(AnyUserData(self.root(value)))
            }
            _ => Value::Thread(Thread(self.root(value))),
        }
    }

    /// As [`Vm::import`]; a string is made if bytes are given. Objects are not held by anything yet.
    pub(super) fn import_passed(&mut self, value: Passed<'_>) -> Result<Raw> {
        match value {
            Passed::Value(value) => self.import(value),
            Passed::Bytes(bytes) => {
                /// Less than that is what a step of the collector waits for anyway.
                const LITTLE: usize = 1 << 10;
                if bytes.len() > LITTLE {
                    self.protect(|vm| vm.check_memory(bytes.len()))?;
                }
                Ok(Raw::string(self.heap.new_string(bytes)))
            }
        }
    }

    /// A value of the host's in this VM.
    ///
    /// # Errors
    ///
    /// It is a handle of another VM.
    pub(super) fn import(&mut self, value: &Value) -> Result<Raw> {
        match value {
            Value::Nil => Ok(Raw::NIL),
            Value::Boolean(b) => Ok(Raw::bool(*b)),
            Value::Integer(i) => Ok(Raw::int(*i)),
            Value::Number(n) => Ok(Raw::float(*n)),
            Value::LightUserData(LightUserData(word)) => Ok(Raw::light(*word)),
            Value::String(String(root))
            | Value::Table(Table(root))
            | Value::Function(Function(root))
            | Value::Thread(Thread(root))
            | Value::UserData(AnyUserData(root)) => root.import(self),
            Value::Error(error) => match &**error {
                Error::Thrown { value, .. } => self.import(value),
                error => Ok(self.host_error(error.clone())),
            },
        }
    }
}
