//! The metatable of a host type.
//!
//! Methods are in a table that is `__index` itself if there is nothing else to look for. With
//! fields, `__index` is a native function that looks at methods, then getters, then what the type
//! defines as its own `__index`; calls that it makes are its tail calls, so that they may yield.

use std::any::TypeId;
use std::cell::RefCell;
use std::marker::PhantomData;

use super::methods::{UserDataFields, UserDataMethods};
use super::{AnyUserData, UserData};
use crate::api::Function;
use crate::api::convert::{FromLua, FromLuaMulti, IntoLua, IntoLuaMulti};
use crate::api::error::{Error, Result};
use crate::api::handle::Lua;
use crate::api::multi::MultiValue;
use crate::api::table::Table;
use crate::api::value::Value;
use crate::call::Cont;
use crate::closure::NativeFn;
use crate::native::{NativeResult, NativeRet};
use crate::value::Value as Raw;
use crate::vm::Vm;

/// Makes a value in a VM.
type Make = Box<dyn FnOnce(&Lua) -> Result<Value>>;

/// What a type has declared.
pub struct UserDataRegistry<T> {
    type_name: String,
    methods: Vec<(String, Make)>,
    getters: Vec<(String, Make)>,
    setters: Vec<(String, Make)>,
    meta: Vec<(String, Make)>,
    _type: PhantomData<fn(T)>,
}

impl<T> std::fmt::Debug for UserDataRegistry<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "UserDataRegistry({})", self.type_name)
    }
}

/// The last part of a type's path.
fn short_name<T>() -> String {
    let name = std::any::type_name::<T>();
    let start = name.split('<').next().unwrap_or_default();
    start.rsplit("::").next().unwrap_or(name).to_owned()
}

fn function<A: FromLuaMulti, R: IntoLuaMulti>(
    to: String,
    function: impl Fn(&Lua, A) -> Result<R> + Send + 'static,
) -> Make {
    Box::new(move |lua| {
        let function = lua.create_host_function(move |lua, args| {
            let args = A::from_lua_args(args, 1, Some(&to), lua)?;
            super::super::Step::done(lua, function(lua, args)?)
        })?;
        Ok(Value::Function(function))
    })
}

/// The first argument as the userdata that a method is of.
fn take_self(args: &mut MultiValue, to: &str) -> Result<AnyUserData> {
    match args.pop_front() {
        Some(Value::UserData(userdata)) => Ok(userdata),
        other => {
            let found = other.as_ref().map_or("no value", Value::type_name);
            Err(Error::from_lua(found, "userdata").bad_argument(Some(to), 1, Some("self")))
        }
    }
}

impl<T: Send + 'static> UserDataRegistry<T> {
    fn new() -> Self {
        Self {
            type_name: short_name::<T>(),
            methods: Vec::new(),
            getters: Vec::new(),
            setters: Vec::new(),
            meta: Vec::new(),
            _type: PhantomData,
        }
    }

    fn full_name(&self, name: &str) -> String {
        format!("{}.{name}", self.type_name)
    }

    fn method<A: FromLuaMulti, R: IntoLuaMulti>(
        &self,
        name: &str,
        method: impl Fn(&Lua, &T, A) -> Result<R> + Send + 'static,
    ) -> Make {
        let to = self.full_name(name);
        Box::new(move |lua| {
            let function = lua.create_host_function(move |lua, mut args| {
                let this = take_self(&mut args, &to)?;
                let this = this
                    .borrow::<T>()
                    .map_err(|error| error.bad_argument(Some(&to), 1, Some("self")))?;
                let args = A::from_lua_args(args, 2, Some(&to), lua)?;
                super::super::Step::done(lua, method(lua, &this, args)?)
            })?;
            Ok(Value::Function(function))
        })
    }

    fn method_mut<A: FromLuaMulti, R: IntoLuaMulti>(
        &self,
        name: &str,
        method: impl FnMut(&Lua, &mut T, A) -> Result<R> + Send + 'static,
    ) -> Make {
        let to = self.full_name(name);
        let method = RefCell::new(method);
        Box::new(move |lua| {
            let function = lua.create_host_function(move |lua, mut args| {
                let this = take_self(&mut args, &to)?;
                let mut this = this
                    .borrow_mut::<T>()
                    .map_err(|error| error.bad_argument(Some(&to), 1, Some("self")))?;
                let args = A::from_lua_args(args, 2, Some(&to), lua)?;
                let mut method = method.try_borrow_mut().map_err(|_| recursive())?;
                super::super::Step::done(lua, method(lua, &mut this, args)?)
            })?;
            Ok(Value::Function(function))
        })
    }

    fn meta(&mut self, event: String, make: Make) {
        let make = if matches!(event.as_str(), "__gc" | "__metatable") {
            let restricted = Error::MetaMethodRestricted(event.clone());
            Box::new(move |_: &Lua| Err(restricted)) as Make
        } else {
            make
        };
        self.meta.push((event, make));
    }

    /// Makes the metatable.
    fn build(self, lua: &Lua) -> Result<Table> {
        let metatable = lua.create_table()?;
        metatable.raw_set("__name", self.type_name.as_str())?;
        metatable.raw_set("__metatable", false)?;
        for (event, make) in self.meta {
            metatable.raw_set(event, make(lua)?)?;
        }
        let table = |entries: Vec<(String, Make)>| -> Result<Table> {
            let table = lua.create_table_with_capacity(0, entries.len())?;
            for (name, make) in entries {
                table.raw_set(name, make(lua)?)?;
            }
            Ok(table)
        };
        let own_index: Value = metatable.raw_get("__index")?;
        let plain = self.getters.is_empty() && own_index.is_nil();
        let methods = table(self.methods)?;
        if plain {
            metatable.raw_set("__index", methods)?;
        } else {
            let upvalues = [Value::Table(methods), Value::Table(table(self.getters)?), own_index];
            metatable.raw_set("__index", native(lua, &INDEX, &upvalues)?)?;
        }
        if !self.setters.is_empty() {
            let own: Value = metatable.raw_get("__newindex")?;
            let upvalues = [Value::Table(table(self.setters)?), own];
            metatable.raw_set("__newindex", native(lua, &NEW_INDEX, &upvalues)?)?;
        }
        Ok(metatable)
    }
}

fn recursive() -> Error {
    Error::runtime("mutable callback called recursively")
}

fn native(lua: &Lua, def: &'static NativeFn, upvalues: &[Value]) -> Result<Function> {
    lua.with(|vm| {
        vm.collect_if_due()?;
        let upvalues = upvalues.iter().map(|v| vm.import(v)).collect::<Result<Vec<_>>>()?;
        let function = vm.heap.new_native_closure(def, &upvalues);
        Ok(Function(vm.root(Raw::native_closure(function))))
    })
}

static INDEX: NativeFn = NativeFn { name: "__index", call: index };
static NEW_INDEX: NativeFn = NativeFn { name: "__newindex", call: new_index };

/// Upvalue `i` of the running function.
fn upvalue(vm: &Vm, i: usize) -> Raw {
    let function = vm.cur.frame.function().as_native_closure();
    function.filter(|f| i < f.n_upvalues()).map_or(Raw::NIL, |f| f.upvalue(i))
}

/// The field of the table in upvalue `i` that the second argument names.
fn named(vm: &Vm, i: usize) -> Raw {
    upvalue(vm, i).as_table().map_or(Raw::NIL, |table| vm.raw_get(table, vm.arg(2)))
}

fn index(vm: &mut Vm) -> NativeResult {
    let method = named(vm, 0);
    if !method.is_nil() {
        return vm.ret(method);
    }
    let (object, key) = (vm.arg(1), vm.arg(2));
    let getter = named(vm, 1);
    if !getter.is_nil() {
        vm.push(getter);
        vm.push(object);
        return Ok(vm.then_call(1, Cont::Results));
    }
    let other = upvalue(vm, 2);
    if other.tag().is_function() {
        vm.push(other);
        vm.push(object);
        vm.push(key);
        return Ok(vm.then_call(2, Cont::Results));
    }
    let value = if other.is_nil() { Raw::NIL } else { vm.index(other, key)? };
    vm.ret(value)
}

fn new_index(vm: &mut Vm) -> NativeResult {
    let (object, key, value) = (vm.arg(1), vm.arg(2), vm.arg(3));
    let setter = named(vm, 0);
    if !setter.is_nil() {
        vm.push(setter);
        vm.push(object);
        vm.push(value);
        return Ok(vm.then_call(2, Cont::Results));
    }
    let other = upvalue(vm, 1);
    if other.tag().is_function() {
        vm.push(other);
        vm.push(object);
        vm.push(key);
        vm.push(value);
        return Ok(vm.then_call(3, Cont::Results));
    }
    if !other.is_nil() {
        vm.set_index(other, key, value)?;
        return Ok(NativeRet::Values(0));
    }
    let name = vm.display(key)?;
    let text = [b"attempt to set an unknown field '", name.bytes(), b"'"].concat();
    Err(vm.error_at_caller(&text))
}

impl<T: Send + 'static> UserDataMethods<T> for UserDataRegistry<T> {
    fn add_method<A: FromLuaMulti, R: IntoLuaMulti>(
        &mut self,
        name: impl Into<String>,
        method: impl Fn(&Lua, &T, A) -> Result<R> + Send + 'static,
    ) {
        let name = name.into();
        let make = self.method(&name, method);
        self.methods.push((name, make));
    }

    fn add_method_mut<A: FromLuaMulti, R: IntoLuaMulti>(
        &mut self,
        name: impl Into<String>,
        method: impl FnMut(&Lua, &mut T, A) -> Result<R> + Send + 'static,
    ) {
        let name = name.into();
        let make = self.method_mut(&name, method);
        self.methods.push((name, make));
    }

    fn add_function<A: FromLuaMulti, R: IntoLuaMulti>(
        &mut self,
        name: impl Into<String>,
        call: impl Fn(&Lua, A) -> Result<R> + Send + 'static,
    ) {
        let name = name.into();
        let make = function(self.full_name(&name), call);
        self.methods.push((name, make));
    }

    fn add_function_mut<A: FromLuaMulti, R: IntoLuaMulti>(
        &mut self,
        name: impl Into<String>,
        call: impl FnMut(&Lua, A) -> Result<R> + Send + 'static,
    ) {
        let call = RefCell::new(call);
        self.add_function(name, move |lua, args| {
            call.try_borrow_mut().map_err(|_| recursive())?(lua, args)
        });
    }

    fn add_meta_method<A: FromLuaMulti, R: IntoLuaMulti>(
        &mut self,
        event: impl Into<String>,
        method: impl Fn(&Lua, &T, A) -> Result<R> + Send + 'static,
    ) {
        let event = event.into();
        let make = self.method(&event, method);
        self.meta(event, make);
    }

    fn add_meta_method_mut<A: FromLuaMulti, R: IntoLuaMulti>(
        &mut self,
        event: impl Into<String>,
        method: impl FnMut(&Lua, &mut T, A) -> Result<R> + Send + 'static,
    ) {
        let event = event.into();
        let make = self.method_mut(&event, method);
        self.meta(event, make);
    }

    fn add_meta_function<A: FromLuaMulti, R: IntoLuaMulti>(
        &mut self,
        event: impl Into<String>,
        call: impl Fn(&Lua, A) -> Result<R> + Send + 'static,
    ) {
        let event = event.into();
        let make = function(self.full_name(&event), call);
        self.meta(event, make);
    }
}

impl<T: Send + 'static> UserDataFields<T> for UserDataRegistry<T> {
    fn add_field(&mut self, name: impl Into<String>, value: impl IntoLua + Send + 'static) {
        self.methods.push((name.into(), Box::new(move |lua| value.into_lua(lua))));
    }

    fn add_field_method_get<R: IntoLua>(
        &mut self,
        name: impl Into<String>,
        method: impl Fn(&Lua, &T) -> Result<R> + Send + 'static,
    ) {
        let name = name.into();
        let make = self.method(&name, move |lua, this, ()| method(lua, this));
        self.getters.push((name, make));
    }

    fn add_field_method_set<A: FromLua>(
        &mut self,
        name: impl Into<String>,
        mut method: impl FnMut(&Lua, &mut T, A) -> Result<()> + Send + 'static,
    ) {
        let name = name.into();
        let make = self.method_mut(&name, move |lua, this, value: A| method(lua, this, value));
        self.setters.push((name, make));
    }

    fn add_field_function_get<R: IntoLua>(
        &mut self,
        name: impl Into<String>,
        get: impl Fn(&Lua, AnyUserData) -> Result<R> + Send + 'static,
    ) {
        let name = name.into();
        let make = function(self.full_name(&name), get);
        self.getters.push((name, make));
    }

    fn add_field_function_set<A: FromLua>(
        &mut self,
        name: impl Into<String>,
        set: impl FnMut(&Lua, AnyUserData, A) -> Result<()> + Send + 'static,
    ) {
        let name = name.into();
        let set = RefCell::new(set);
        let call = move |lua: &Lua, (this, value): (AnyUserData, A)| {
            set.try_borrow_mut().map_err(|_| recursive())?(lua, this, value)
        };
        let make = function(self.full_name(&name), call);
        self.setters.push((name, make));
    }

    fn add_meta_field(&mut self, event: impl Into<String>, value: impl IntoLua + Send + 'static) {
        self.meta(event.into(), Box::new(move |lua| value.into_lua(lua)));
    }

    fn add_meta_field_with<R: IntoLua>(
        &mut self,
        event: impl Into<String>,
        value: impl FnOnce(&Lua) -> Result<R> + 'static,
    ) {
        self.meta(event.into(), Box::new(move |lua| value(lua)?.into_lua(lua)));
    }
}

impl Lua {
    pub(super) fn is_registered<T: UserData>(&self) -> Result<bool> {
        self.with(|vm| Ok(vm.host.types.contains_key(&TypeId::of::<T>())))
    }

    /// Declares what scripts can do with userdata of a type that are made from now on.
    ///
    /// # Errors
    ///
    /// Those of the fields; a restricted metamethod; the VM is destroyed, or its memory used up.
    pub fn register_userdata_type<T: Send + 'static>(
        &self,
        register: impl FnOnce(&mut UserDataRegistry<T>),
    ) -> Result<()> {
        let mut registry = UserDataRegistry::new();
        register(&mut registry);
        let metatable = registry.build(self)?;
        self.with(|vm| {
            if let Some(table) = vm.import(&Value::Table(metatable))?.as_table() {
                vm.host.types.insert(TypeId::of::<T>(), table);
            }
            Ok(())
        })
    }
}
