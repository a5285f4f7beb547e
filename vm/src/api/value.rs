//! Values as the host sees them.

use std::ffi::c_void;
use std::string::String as StdString;

use super::error::{Error, Result};
use super::string::String;
use super::table::Table;
use super::{AnyUserData, Function, Thread};

/// A number of the host's that Lua only compares and passes on (`lua_pushlightuserdata`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LightUserData(pub u64);

/// A Lua value: itself, or a handle to it.
#[derive(Clone, Default)]
pub enum Value {
    /// `nil`
    #[default]
    Nil,
    /// `true` or `false`
    Boolean(bool),
    /// A number of the host's.
    LightUserData(LightUserData),
    /// An integer.
    Integer(i64),
    /// A float.
    Number(f64),
    /// A string of bytes.
    String(String),
    /// A table.
    Table(Table),
    /// A function of Lua's or the host's.
    Function(Function),
    /// A coroutine.
    Thread(Thread),
    /// A value of the host's.
    UserData(AnyUserData),
    /// An error that a host function returned.
    Error(Box<Error>),
}

/// `Value::Nil`, as a function's result.
#[allow(non_upper_case_globals)]
pub const Nil: Value = Value::Nil;

impl Value {
    /// `nil`, in places where a path to a variant is inconvenient.
    pub const NULL: Self = Self::LightUserData(LightUserData(0));

    /// The name of its type, as Lua's `type` gives it, but with `integer`, `error` and
    /// `light userdata` apart.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::Nil => "nil",
            Self::Boolean(_) => "boolean",
            Self::LightUserData(_) => "light userdata",
            Self::Integer(_) => "integer",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::Table(_) => "table",
            Self::Function(_) => "function",
            Self::Thread(_) => "thread",
            Self::UserData(_) => "userdata",
            Self::Error(_) => "error",
        }
    }

    /// Its text, as Lua's `tostring` gives it; metamethods are called.
    ///
    /// # Errors
    ///
    /// Those of a `__tostring`; the VM is destroyed.
    pub fn to_string(&self) -> Result<StdString> {
        let text = |bytes: &[u8]| StdString::from_utf8_lossy(bytes).into_owned();
        let root = match self {
            Self::Nil => return Ok("nil".to_owned()),
            Self::Boolean(b) => return Ok(b.to_string()),
            Self::LightUserData(LightUserData(word)) => return Ok(format!("userdata: {word:#x}")),
            Self::Error(error) => return Ok(error.message()),
            Self::Integer(_) | Self::Number(_) => {
                use moonproof_bytecode::number::Number;
                use moonproof_bytecode::number::format::NumberBuffer;
                let number = match self {
                    Self::Integer(i) => Number::Integer(*i),
                    Self::Number(n) => Number::Float(*n),
                    _ => return Ok(StdString::new()),
                };
                return Ok(text(NumberBuffer::new().format(number)));
            }
            Self::String(String(root))
            | Self::Table(Table(root))
            | Self::Function(Function(root))
            | Self::Thread(Thread(root))
            | Self::UserData(AnyUserData(root)) => root,
        };
        root.with(|vm, value| vm.protect(|vm| vm.display(value).map(|string| text(string.bytes()))))
    }

    /// The address of what it refers to; null for values that are no objects.
    #[must_use]
    pub fn to_pointer(&self) -> *const c_void {
        match self {
            Self::String(String(root))
            | Self::Table(Table(root))
            | Self::Function(Function(root))
            | Self::Thread(Thread(root))
            | Self::UserData(AnyUserData(root)) => root.to_pointer(),
            Self::LightUserData(LightUserData(word)) => {
                std::ptr::without_provenance(*word as usize)
            }
            _ => std::ptr::null(),
        }
    }

    /// Whether Lua finds both equal; `__eq` is called.
    ///
    /// # Errors
    ///
    /// Those of an `__eq`; a handle of another VM.
    pub fn equals(&self, other: &Self) -> Result<bool> {
        match (self, other) {
            (Self::Table(a), Self::Table(b)) => a.equals(b),
            (Self::UserData(a), Self::UserData(b)) => a.equals(b),
            _ => Ok(self == other),
        }
    }

    /// Whether it is `nil`.
    #[must_use]
    pub const fn is_nil(&self) -> bool {
        matches!(self, Self::Nil)
    }

    /// The boolean, if it is one.
    #[must_use]
    pub const fn as_boolean(&self) -> Option<bool> {
        if let Self::Boolean(b) = self { Some(*b) } else { None }
    }

    /// The integer, if it is one.
    #[must_use]
    pub const fn as_integer(&self) -> Option<i64> {
        if let Self::Integer(i) = self { Some(*i) } else { None }
    }

    /// The number as a float, if it is one.
    #[must_use]
    pub const fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(n) => Some(*n),
            Self::Integer(i) => Some(*i as f64),
            _ => None,
        }
    }

    /// The string, if it is one.
    #[must_use]
    pub const fn as_string(&self) -> Option<&String> {
        if let Self::String(string) = self { Some(string) } else { None }
    }

    /// The table, if it is one.
    #[must_use]
    pub const fn as_table(&self) -> Option<&Table> {
        if let Self::Table(table) = self { Some(table) } else { None }
    }

    /// The function, if it is one.
    #[must_use]
    pub const fn as_function(&self) -> Option<&Function> {
        if let Self::Function(function) = self { Some(function) } else { None }
    }

    /// The coroutine, if it is one.
    #[must_use]
    pub const fn as_thread(&self) -> Option<&Thread> {
        if let Self::Thread(thread) = self { Some(thread) } else { None }
    }

    /// The userdata, if it is one.
    #[must_use]
    pub const fn as_userdata(&self) -> Option<&AnyUserData> {
        if let Self::UserData(userdata) = self { Some(userdata) } else { None }
    }

    /// The error, if it is one.
    #[must_use]
    pub fn as_error(&self) -> Option<&Error> {
        if let Self::Error(error) = self { Some(error) } else { None }
    }
}

/// As Lua's `rawequal`: integers equal floats of their value, objects only themselves.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        use crate::value::Value as Raw;
        match (self, other) {
            (Self::Nil, Self::Nil) => true,
            (Self::Boolean(a), Self::Boolean(b)) => a == b,
            (Self::LightUserData(a), Self::LightUserData(b)) => a == b,
            (Self::Integer(a), Self::Integer(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => a == b,
            (Self::Integer(i), Self::Number(n)) | (Self::Number(n), Self::Integer(i)) => {
                Raw::int(*i).raw_equals(Raw::float(*n))
            }
            (Self::String(a), Self::String(b)) => a == b,
            (Self::Table(a), Self::Table(b)) => a == b,
            (Self::Function(a), Self::Function(b)) => a == b,
            (Self::Thread(a), Self::Thread(b)) => a == b,
            (Self::UserData(a), Self::UserData(b)) => a == b,
            _ => false,
        }
    }
}

/// Without running Lua code.
impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Nil => f.write_str("nil"),
            Self::Boolean(b) => b.fmt(f),
            Self::Integer(i) => i.fmt(f),
            Self::Number(n) => n.fmt(f),
            Self::String(string) => string.fmt(f),
            Self::Error(error) => error.fmt(f),
            other => write!(f, "{}: {:p}", other.type_name(), other.to_pointer()),
        }
    }
}
