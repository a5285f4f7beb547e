//! Numbers.

use super::{FromLua, IntoLua};
use crate::api::error::{Error, Result};
use crate::api::handle::Lua;
use crate::api::value::Value;
use moonproof_bytecode::number::{self, Number};

/// An integer, or what has the value of one.
fn integer_of(value: &Value) -> Option<i64> {
    match value {
        Value::Integer(i) => Some(*i),
        Value::Number(n) => number::convert::float_to_integer(*n),
        Value::String(text) => match number::parse(&text.as_bytes())? {
            Number::Integer(i) => Some(i),
            Number::Float(n) => number::convert::float_to_integer(n),
        },
        _ => None,
    }
}

/// A number, or a numeral.
fn float_of(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(i) => Some(*i as f64),
        Value::Number(n) => Some(*n),
        Value::String(text) => match number::parse(&text.as_bytes())? {
            Number::Integer(i) => Some(i as f64),
            Number::Float(n) => Some(n),
        },
        _ => None,
    }
}

/// Integers become Lua integers; those that are too large become floats, as numerals do.
macro_rules! integers {
    ($($int:ident)*) => {$(
        impl IntoLua for $int {
            fn into_lua(self, _: &Lua) -> Result<Value> {
                Ok(match i64::try_from(self) {
                    Ok(i) => Value::Integer(i),
                    Err(_) => Value::Number(self as f64),
                })
            }
        }

        impl FromLua for $int {
            fn from_lua(value: Value, _: &Lua) -> Result<Self> {
                let name = stringify!($int);
                if let Some(i) = integer_of(&value) {
                    return Self::try_from(i).map_err(|_| {
                        Error::from_lua_because(value.type_name(), name, "out of range")
                    });
                }
                let Some(n) = float_of(&value) else {
                    return Err(Error::from_lua_because(
                        value.type_name(),
                        name,
                        "expected number or string coercible to number",
                    ));
                };
                // Beyond the integers of Lua, a large type may still hold it: 2^64 is exact.
                let whole = n.trunc();
                let converted = n as Self;
                if whole == n && converted as f64 == n && converted != Self::MAX {
                    return Ok(converted);
                }
                let why = if whole == n || n.is_infinite() {
                    "out of range"
                } else {
                    "number has no integer representation"
                };
                Err(Error::from_lua_because(value.type_name(), name, why))
            }
        }
    )*};
}

integers!(i8 u8 i16 u16 i32 u32 i64 u64 i128 u128 isize usize);

/// Floats.
macro_rules! floats {
    ($($float:ident)*) => {$(
        impl IntoLua for $float {
            fn into_lua(self, _: &Lua) -> Result<Value> {
                Ok(Value::Number(self.into()))
            }
        }

        impl FromLua for $float {
            fn from_lua(value: Value, _: &Lua) -> Result<Self> {
                match float_of(&value) {
                    Some(n) => Ok(n as Self),
                    None => Err(Error::from_lua_because(
                        value.type_name(),
                        stringify!($float),
                        "expected number or string coercible to number",
                    )),
                }
            }
        }
    )*};
}

floats!(f32 f64);
