//! The embedding API, with the names and habits of mlua.
//!
//! [`Lua`] is a VM, and [`Table`], [`Function`] and so on are handles to its values. None of it can
//! break memory safety or panic, in whatever order it is used: handles that outlive their VM, or
//! come from another one, give errors.
//!
//! A handle is the number of a root slot in the VM. Dropping it notes the number in what all handles
//! share ([`Shared`](crate::shared::Shared)), and the collector empties the slot: a handle can be
//! dropped anywhere, on any thread. Values cross the border in [`handle`], errors in [`state`], host
//! functions in [`callback`].

mod callback;
mod chunk;
mod collector;
mod convert;
mod error;
mod function;
mod handle;
mod hook;
mod inspect;
mod multi;
mod options;
mod registry;
mod run;
mod state;
mod string;
mod table;
mod thread;
mod userdata;
mod value;

pub use crate::interrupt::Interrupter;
pub use callback::Step;
pub use chunk::{AsChunk, Chunk, ChunkMode};
pub use collector::{GcMode, Stress};
pub use convert::{Bytes, FromLua, FromLuaMulti, IntoLua, IntoLuaMulti, Passed};
pub use error::{Error, ErrorContext, ExternalError, ExternalResult, Limit, Result};
pub use function::{Function, FunctionInfo, NativeCall};
pub use handle::{Lua, WeakLua};
pub use hook::{HookEvent, HookTriggers};
pub use inspect::Activation;
pub use multi::{MultiValue, Variadic};
pub use options::{Limits, LuaOptions, StdLib};
pub use registry::{AppDataRef, AppDataRefMut, RegistryKey};
pub use run::RunError;
pub use string::{BorrowedBytes, BorrowedStr, String};
pub use table::{Table, TablePairs, TableSequence};
pub use thread::{Thread, ThreadStatus};
pub use userdata::{
    AnyUserData, MetaMethod, UserData, UserDataFields, UserDataMethods, UserDataRef,
    UserDataRefMut, UserDataRegistry,
};
pub use value::{LightUserData, Nil, Value};

pub(crate) use state::HostState;
