//! Lists of values: arguments and results.

use std::collections::VecDeque;
use std::collections::vec_deque;
use std::ops::{Deref, DerefMut};

use super::convert::{FromLua, FromLuaMulti, IntoLua, IntoLuaMulti};
use super::error::Result;
use super::handle::Lua;
use super::value::Value;

/// Any number of values: what a function takes or returns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MultiValue(VecDeque<Value>);

impl MultiValue {
    /// No values.
    #[must_use]
    pub const fn new() -> Self {
        Self(VecDeque::new())
    }

    /// No values, with room for some.
    #[must_use]
    pub fn with_capacity(n: usize) -> Self {
        Self(VecDeque::with_capacity(n))
    }

    /// The values in a vector.
    #[must_use]
    pub fn into_vec(self) -> Vec<Value> {
        self.0.into()
    }
}

impl Deref for MultiValue {
    type Target = VecDeque<Value>;

    fn deref(&self) -> &VecDeque<Value> {
        &self.0
    }
}

impl DerefMut for MultiValue {
    fn deref_mut(&mut self) -> &mut VecDeque<Value> {
        &mut self.0
    }
}

impl From<Vec<Value>> for MultiValue {
    fn from(values: Vec<Value>) -> Self {
        Self(values.into())
    }
}

impl FromIterator<Value> for MultiValue {
    fn from_iter<I: IntoIterator<Item = Value>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

impl IntoIterator for MultiValue {
    type Item = Value;
    type IntoIter = vec_deque::IntoIter<Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a MultiValue {
    type Item = &'a Value;
    type IntoIter = vec_deque::Iter<'a, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl IntoLuaMulti for MultiValue {
    fn into_lua_multi(self, _: &Lua) -> Result<MultiValue> {
        Ok(self)
    }
}

impl FromLuaMulti for MultiValue {
    fn from_lua_multi(values: MultiValue, _: &Lua) -> Result<Self> {
        Ok(values)
    }
}

/// Any number of values of one type, as the last of a function's parameters or results.
///
/// ```
/// use moonproof_vm::{Lua, Variadic};
///
/// let lua = Lua::new();
/// let sum = lua.create_function(|_, numbers: Variadic<f64>| Ok(numbers.iter().sum::<f64>()))?;
/// assert_eq!(sum.call::<f64>((1, 2, 3.5))?, 6.5);
/// # Ok::<(), moonproof_vm::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variadic<T>(Vec<T>);

impl<T> Variadic<T> {
    /// No values.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }
}

impl<T> Deref for Variadic<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.0
    }
}

impl<T> DerefMut for Variadic<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        &mut self.0
    }
}

impl<T> From<Vec<T>> for Variadic<T> {
    fn from(values: Vec<T>) -> Self {
        Self(values)
    }
}

impl<T> FromIterator<T> for Variadic<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

impl<T> IntoIterator for Variadic<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<T: IntoLua> IntoLuaMulti for Variadic<T> {
    fn into_lua_multi(self, lua: &Lua) -> Result<MultiValue> {
        self.0.into_iter().map(|value| value.into_lua(lua)).collect()
    }
}

impl<T: FromLua> FromLuaMulti for Variadic<T> {
    fn from_lua_multi(values: MultiValue, lua: &Lua) -> Result<Self> {
        values.into_iter().map(|value| T::from_lua(value, lua)).collect()
    }

    fn from_lua_args(args: MultiValue, i: usize, to: Option<&str>, lua: &Lua) -> Result<Self> {
        let args = args.into_iter().enumerate();
        args.map(|(n, arg)| T::from_lua_arg(arg, i + n, to, lua)).collect()
    }
}

/// One value is a list of one.
impl<T: IntoLua> IntoLuaMulti for T {
    fn into_lua_multi(self, lua: &Lua) -> Result<MultiValue> {
        /// Room for those of a tuple that come to stand in front.
        const ROOM: usize = 4;
        let mut values = MultiValue::with_capacity(ROOM);
        values.push_back(self.into_lua(lua)?);
        Ok(values)
    }
}

impl<T: FromLua> FromLuaMulti for T {
    fn from_lua_multi(mut values: MultiValue, lua: &Lua) -> Result<Self> {
        T::from_lua(values.pop_front().unwrap_or(Value::Nil), lua)
    }

    fn from_lua_args(mut args: MultiValue, i: usize, to: Option<&str>, lua: &Lua) -> Result<Self> {
        T::from_lua_arg(args.pop_front().unwrap_or(Value::Nil), i, to, lua)
    }
}

/// The values, or nil and the error's message.
impl<T: IntoLuaMulti, E: IntoLua> IntoLuaMulti for std::result::Result<T, E> {
    fn into_lua_multi(self, lua: &Lua) -> Result<MultiValue> {
        match self {
            Ok(values) => values.into_lua_multi(lua),
            Err(error) => Ok(MultiValue::from_iter([Value::Nil, error.into_lua(lua)?])),
        }
    }
}

impl IntoLuaMulti for () {
    fn into_lua_multi(self, _: &Lua) -> Result<MultiValue> {
        Ok(MultiValue::new())
    }
}

impl FromLuaMulti for () {
    fn from_lua_multi(_: MultiValue, _: &Lua) -> Result<Self> {
        Ok(())
    }
}

/// Tuples are lists; what comes last may be a list itself.
macro_rules! tuples {
    ($($first:ident)* => $last:ident) => {
        impl<$($first: IntoLua,)* $last: IntoLuaMulti> IntoLuaMulti for ($($first,)* $last,) {
            #[allow(non_snake_case, unused_mut)]
            fn into_lua_multi(self, lua: &Lua) -> Result<MultiValue> {
                let ($($first,)* $last,) = self;
                let first: [Value; _] = [$($first.into_lua(lua)?,)*];
                let mut values = $last.into_lua_multi(lua)?;
                for value in first.into_iter().rev() {
                    values.push_front(value);
                }
                Ok(values)
            }
        }

        impl<$($first: FromLua,)* $last: FromLuaMulti> FromLuaMulti for ($($first,)* $last,) {
            #[allow(non_snake_case, unused_mut)]
            fn from_lua_multi(mut values: MultiValue, lua: &Lua) -> Result<Self> {
                $(let $first = $first::from_lua(values.pop_front().unwrap_or(Value::Nil), lua)?;)*
                Ok(($($first,)* $last::from_lua_multi(values, lua)?,))
            }

            #[allow(non_snake_case, unused_mut)]
            fn from_lua_args(
                mut args: MultiValue,
                mut i: usize,
                to: Option<&str>,
                lua: &Lua,
            ) -> Result<Self> {
                $(
                    let arg = args.pop_front().unwrap_or(Value::Nil);
                    let $first = $first::from_lua_arg(arg, i, to, lua)?;
                    i += 1;
                )*
                Ok(($($first,)* $last::from_lua_args(args, i, to, lua)?,))
            }
        }
    };
}

tuples!(=> A);
tuples!(A => B);
tuples!(A B => C);
tuples!(A B C => D);
tuples!(A B C D => E);
tuples!(A B C D E => F);
tuples!(A B C D E F => G);
tuples!(A B C D E F G => H);
tuples!(A B C D E F G H => I);
tuples!(A B C D E F G H I => J);
tuples!(A B C D E F G H I J => K);
tuples!(A B C D E F G H I J K => L);
