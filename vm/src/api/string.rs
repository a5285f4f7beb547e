//! Strings.

use std::borrow::Borrow;
use std::ops::Deref;
use std::string::String as StdString;

use super::error::{Error, Result};
use super::handle::{Lua, Root};
use crate::value::Value as Raw;

/// A handle to a Lua string: any bytes, usually UTF-8.
///
/// ```
/// use moonproof_vm::Lua;
///
/// let lua = Lua::new();
/// let string: moonproof_vm::String = lua.load(r"'caf\u{e9}\xff'").eval()?;
/// assert_eq!(string.as_bytes().len(), 6);
/// assert!(string.to_str().is_err());
/// assert_eq!(string.to_string_lossy(), "caf\u{e9}\u{fffd}");
/// # Ok::<(), moonproof_vm::Error>(())
/// ```
#[derive(Clone)]
pub struct String(pub(super) Root);

/// A copy of a string's bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BorrowedBytes(Box<[u8]>);

/// A copy of a string's text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BorrowedStr(Box<str>);

/// What a copy can be used as.
macro_rules! borrowed {
    ($($name:ident $target:ty;)*) => {$(
        impl Deref for $name {
            type Target = $target;

            fn deref(&self) -> &$target {
                &self.0
            }
        }

        impl AsRef<$target> for $name {
            fn as_ref(&self) -> &$target {
                &self.0
            }
        }

        impl Borrow<$target> for $name {
            fn borrow(&self) -> &$target {
                &self.0
            }
        }

        impl PartialEq<$target> for $name {
            fn eq(&self, other: &$target) -> bool {
                *self.0 == *other
            }
        }

        impl PartialEq<&$target> for $name {
            fn eq(&self, other: &&$target) -> bool {
                *self.0 == **other
            }
        }
    )*};
}

impl String {
    /// The bytes.
    pub(super) fn bytes(&self) -> Result<Vec<u8>> {
        self.0.with(|_, value| {
            Ok(value.as_string().map(|string| string.bytes().to_vec()).unwrap_or_default())
        })
    }

    /// The bytes; none if the VM is destroyed.
    #[must_use]
    pub fn as_bytes(&self) -> BorrowedBytes {
        BorrowedBytes(self.bytes().unwrap_or_default().into())
    }

    /// The text.
    ///
    /// # Errors
    ///
    /// It is not UTF-8, or the VM is destroyed.
    pub fn to_str(&self) -> Result<BorrowedStr> {
        match StdString::from_utf8(self.bytes()?) {
            Ok(text) => Ok(BorrowedStr(text.into())),
            Err(error) => {
                Err(Error::from_lua_because("string", "&str", error.utf8_error().to_string()))
            }
        }
    }

    /// The text, with what is not UTF-8 replaced; empty if the VM is destroyed.
    #[must_use]
    pub fn to_string_lossy(&self) -> StdString {
        StdString::from_utf8_lossy(&self.as_bytes()).into_owned()
    }

    /// The text for messages, with what is not UTF-8 replaced.
    #[must_use]
    pub fn display(&self) -> impl std::fmt::Display {
        self.to_string_lossy()
    }

    /// The address of the string, which tells strings apart only if they are long.
    #[must_use]
    pub fn to_pointer(&self) -> *const std::ffi::c_void {
        self.0.to_pointer()
    }
}

borrowed! {
    BorrowedBytes [u8];
    BorrowedStr str;
}

impl std::fmt::Display for BorrowedStr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::fmt::Debug for String {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "\"{}\"", self.as_bytes().escape_ascii())
    }
}

/// The same bytes, of whatever VMs.
impl PartialEq for String {
    fn eq(&self, other: &Self) -> bool {
        self.0.is_same(&other.0) || self.as_bytes() == other.as_bytes()
    }
}

impl Eq for String {}

impl PartialEq<str> for String {
    fn eq(&self, other: &str) -> bool {
        *self.as_bytes() == *other.as_bytes()
    }
}

impl PartialEq<&str> for String {
    fn eq(&self, other: &&str) -> bool {
        *self.as_bytes() == *other.as_bytes()
    }
}

impl PartialEq<[u8]> for String {
    fn eq(&self, other: &[u8]) -> bool {
        *self.as_bytes() == *other
    }
}

impl std::hash::Hash for String {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl Lua {
    /// A Lua string of those bytes.
    ///
    /// # Errors
    ///
    /// The VM is destroyed, or its memory used up.
    pub fn create_string(&self, bytes: impl AsRef<[u8]>) -> Result<String> {
        let bytes = bytes.as_ref();
        self.with(|vm| {
            vm.collect_if_due()?;
            let string = vm.protect(|vm| {
                vm.find_memory(bytes.len())?;
                Ok(vm.heap.new_string(bytes))
            })?;
            Ok(String(vm.root(Raw::string(string))))
        })
    }
}
