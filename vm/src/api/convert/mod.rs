//! Conversion between Rust types and Lua values.
//!
//! Numbers convert as Lua's own functions convert them: an integer is made of a float or a numeral
//! with that value, and of nothing else; what does not fit a Rust type is an error.

mod containers;
mod numbers;
mod strings;

pub use strings::Bytes;

use super::error::Result;
use super::handle::Lua;
use super::multi::MultiValue;
use super::value::Value;

/// Types that become a Lua value.
pub trait IntoLua: Sized {
    /// Converts it.
    ///
    /// # Errors
    ///
    /// There is no such value, or no memory for it.
    fn into_lua(self, lua: &Lua) -> Result<Value>;

    /// Hands it to an operation without a handle in between, if it is made of bytes.
    #[doc(hidden)]
    fn pass<R>(self, lua: &Lua, operation: impl FnOnce(Passed<'_>) -> Result<R>) -> Result<R> {
        operation(Passed::Value(&self.into_lua(lua)?))
    }
}

/// A value on its way into the VM.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Passed<'a> {
    /// A value, which keeps what it refers to.
    Value(&'a Value),
    /// The bytes of a string.
    Bytes(&'a [u8]),
}

/// Types that are made of a Lua value.
pub trait FromLua: Sized {
    /// Converts a value.
    ///
    /// # Errors
    ///
    /// The value is not of a fitting type.
    fn from_lua(value: Value, lua: &Lua) -> Result<Self>;

    /// Converts argument `i`, from 1, of a function.
    ///
    /// # Errors
    ///
    /// As [`FromLua::from_lua`], and which argument it was.
    fn from_lua_arg(arg: Value, i: usize, to: Option<&str>, lua: &Lua) -> Result<Self> {
        Self::from_lua(arg, lua).map_err(|error| error.bad_argument(to, i, None))
    }
}

/// Types that become a list of values: arguments or results.
pub trait IntoLuaMulti: Sized {
    /// Converts it.
    ///
    /// # Errors
    ///
    /// As [`IntoLua::into_lua`].
    fn into_lua_multi(self, lua: &Lua) -> Result<MultiValue>;
}

/// Types that are made of a list of values: missing ones are nil, further ones are left out.
pub trait FromLuaMulti: Sized {
    /// Converts a list.
    ///
    /// # Errors
    ///
    /// As [`FromLua::from_lua`].
    fn from_lua_multi(values: MultiValue, lua: &Lua) -> Result<Self>;

    /// Converts arguments of a function, the first of which is argument `i`.
    ///
    /// # Errors
    ///
    /// As [`FromLua::from_lua_arg`].
    fn from_lua_args(args: MultiValue, i: usize, to: Option<&str>, lua: &Lua) -> Result<Self> {
        let _ = (i, to);
        Self::from_lua_multi(args, lua)
    }
}

impl IntoLua for Value {
    fn into_lua(self, _: &Lua) -> Result<Value> {
        Ok(self)
    }
}

impl IntoLua for &Value {
    fn into_lua(self, _: &Lua) -> Result<Value> {
        Ok(self.clone())
    }
}

impl FromLua for Value {
    fn from_lua(value: Value, _: &Lua) -> Result<Self> {
        Ok(value)
    }
}

/// Handles convert to the value that they refer to.
macro_rules! handles {
    ($($handle:ident $variant:ident $name:literal;)*) => {$(
        impl IntoLua for super::$handle {
            fn into_lua(self, _: &Lua) -> Result<Value> {
                Ok(Value::$variant(self))
            }
        }

        impl IntoLua for &super::$handle {
            fn into_lua(self, _: &Lua) -> Result<Value> {
                Ok(Value::$variant(self.clone()))
            }
        }

        impl FromLua for super::$handle {
            fn from_lua(value: Value, _: &Lua) -> Result<Self> {
                match value {
                    Value::$variant(handle) => Ok(handle),
                    other => Err(super::Error::from_lua(other.type_name(), $name)),
                }
            }
        }
    )*};
}

handles! {
    Table Table "table";
    Function Function "function";
    Thread Thread "thread";
    AnyUserData UserData "userdata";
    LightUserData LightUserData "light userdata";
}

impl IntoLua for bool {
    fn into_lua(self, _: &Lua) -> Result<Value> {
        Ok(Value::Boolean(self))
    }
}

/// Whether the value counts as true.
impl FromLua for bool {
    fn from_lua(value: Value, _: &Lua) -> Result<Self> {
        Ok(!matches!(value, Value::Nil | Value::Boolean(false)))
    }
}

impl IntoLua for super::Error {
    fn into_lua(self, _: &Lua) -> Result<Value> {
        Ok(Value::Error(Box::new(self)))
    }
}

/// An error, or the text of anything else as one.
impl FromLua for super::Error {
    fn from_lua(value: Value, _: &Lua) -> Result<Self> {
        match value {
            Value::Error(error) => Ok(*error),
            other => Ok(Self::RuntimeError(other.to_string()?)),
        }
    }
}

impl IntoLua for super::RegistryKey {
    fn into_lua(self, lua: &Lua) -> Result<Value> {
        lua.registry_value(&self)
    }
}

impl IntoLua for &super::RegistryKey {
    fn into_lua(self, lua: &Lua) -> Result<Value> {
        lua.registry_value(self)
    }
}

impl FromLua for super::RegistryKey {
    fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
        lua.create_registry_value(value)
    }
}
