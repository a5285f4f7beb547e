//! Strings, bytes and paths.

use std::borrow::Cow;
use std::ffi::{CStr, CString, OsStr, OsString};
use std::path::{Path, PathBuf};

use moonproof_bytecode::number::Number;
use moonproof_bytecode::number::format::NumberBuffer;

use super::{FromLua, IntoLua, Passed};
use crate::api::error::{Error, Result};
use crate::api::handle::Lua;
use crate::api::string::String as LuaString;
use crate::api::value::Value;

/// The bytes of a string, or a number's text.
fn bytes_of(value: &Value, to: &'static str) -> Result<Vec<u8>> {
    match value {
        Value::String(string) => string.bytes(),
        Value::Integer(i) => Ok(NumberBuffer::new().format(Number::Integer(*i)).to_vec()),
        Value::Number(n) => Ok(NumberBuffer::new().format(Number::Float(*n)).to_vec()),
        other => Err(Error::from_lua_because(other.type_name(), to, "expected string or number")),
    }
}

fn text_of(value: &Value, to: &'static str) -> Result<String> {
    String::from_utf8(bytes_of(value, to)?)
        .map_err(|error| Error::from_lua_because("string", to, error.utf8_error().to_string()))
}

impl IntoLua for LuaString {
    fn into_lua(self, _: &Lua) -> Result<Value> {
        Ok(Value::String(self))
    }
}

impl IntoLua for &LuaString {
    fn into_lua(self, _: &Lua) -> Result<Value> {
        Ok(Value::String(self.clone()))
    }
}

impl FromLua for LuaString {
    fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
        match value {
            Value::String(string) => Ok(string),
            other => lua.create_string(bytes_of(&other, "string")?),
        }
    }
}

/// Types that are bytes.
macro_rules! into_string {
    ($([$($bounds:tt)*] $type:ty, $value:ident => $bytes:expr;)*) => {$(
        impl $($bounds)* IntoLua for $type {
            fn into_lua(self, lua: &Lua) -> Result<Value> {
                let $value = &self;
                Ok(Value::String(lua.create_string($bytes)?))
            }

            fn pass<R>(
                self,
                _: &Lua,
                operation: impl FnOnce(Passed<'_>) -> Result<R>,
            ) -> Result<R> {
                let $value = &self;
                operation(Passed::Bytes($bytes.as_ref()))
            }
        }
    )*};
}

into_string! {
    [] String, s => s;
    [] &str, s => s;
    [] &String, s => s;
    [<'a>] Cow<'a, str>, s => s.as_bytes();
    [] Box<str>, s => s.as_bytes();
    [] char, c => c.encode_utf8(&mut [0; 4]).as_bytes();
    [] CString, s => s.as_bytes();
    [] &CStr, s => s.to_bytes();
    [] OsString, s => s.as_encoded_bytes();
    [] &OsStr, s => s.as_encoded_bytes();
    [] PathBuf, s => s.as_os_str().as_encoded_bytes();
    [] &Path, s => s.as_os_str().as_encoded_bytes();
    [] std::fmt::Arguments<'_>, s => s.to_string();
}

impl FromLua for String {
    fn from_lua(value: Value, _: &Lua) -> Result<Self> {
        text_of(&value, "String")
    }
}

impl FromLua for Box<str> {
    fn from_lua(value: Value, _: &Lua) -> Result<Self> {
        Ok(text_of(&value, "Box<str>")?.into_boxed_str())
    }
}

impl FromLua for Cow<'static, str> {
    fn from_lua(value: Value, _: &Lua) -> Result<Self> {
        Ok(Cow::Owned(text_of(&value, "Cow<str>")?))
    }
}

impl FromLua for char {
    fn from_lua(value: Value, _: &Lua) -> Result<Self> {
        let text = text_of(&value, "char")?;
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (Some(c), None) => Ok(c),
            _ => Err(Error::from_lua_because("string", "char", "expected one character")),
        }
    }
}

impl FromLua for CString {
    fn from_lua(value: Value, _: &Lua) -> Result<Self> {
        Self::new(bytes_of(&value, "CString")?)
            .map_err(|_| Error::from_lua_because("string", "CString", "it contains a zero byte"))
    }
}

impl FromLua for OsString {
    fn from_lua(value: Value, _: &Lua) -> Result<Self> {
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStringExt;
            Ok(Self::from_vec(bytes_of(&value, "OsString")?))
        }
        #[cfg(not(unix))]
        {
            Ok(text_of(&value, "OsString")?.into())
        }
    }
}

impl FromLua for PathBuf {
    fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
        OsString::from_lua(value, lua).map(Self::from)
    }
}

/// Bytes as a Lua string, where `Vec<u8>` would be a table: `Bytes(data)`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Bytes(
    /// The bytes.
    pub Vec<u8>,
);

impl IntoLua for Bytes {
    fn into_lua(self, lua: &Lua) -> Result<Value> {
        Ok(Value::String(lua.create_string(self.0)?))
    }
}

impl FromLua for Bytes {
    fn from_lua(value: Value, _: &Lua) -> Result<Self> {
        bytes_of(&value, "bytes").map(Self)
    }
}
