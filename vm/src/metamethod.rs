//! Events: their names, and finding a value's metamethod.

use crate::heap::Gc;
use crate::string::Str;
use crate::table::Table;
use crate::value::{Tag, Value};
use crate::vm::Vm;

macro_rules! events {
    ($($variant:ident)*) => {
        /// What a metatable can handle, numbered as in the reference (`TMS`, ltm.h): the event
        /// operand of MMBIN is such a number.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub(crate) enum Event { $($variant,)* }

        const EVENTS: [Event; N_EVENTS] = [$(Event::$variant,)*];
    };
}

pub(crate) const N_EVENTS: usize = moonproof_bytecode::EVENT_NAMES.len();

events! {
    Index NewIndex Gc Mode Len Eq Add Sub Mul Mod Pow Div IDiv BAnd BOr BXor Shl Shr Unm BNot Lt Le
    Concat Call Close
}

impl Event {
    /// The event of an operand that the verifier found below 25; `Add` of any other.
    pub(crate) fn from_operand(number: usize) -> Self {
        EVENTS.get(number).copied().unwrap_or(Self::Add)
    }

    /// The bit by which a table notes that it has no such key; 0 for the rarer events.
    #[inline(always)]
    pub(crate) const fn absence_bit(self) -> u8 {
        if (self as u8) < 8 { 1 << self as u8 } else { 0 }
    }
}

impl Vm {
    /// The metatable of any value.
    #[inline(always)]
    pub(crate) fn metatable_of(&self, value: Value) -> Option<Gc<Table>> {
        match value.tag() {
            Tag::TABLE => value.as_table()?.metatable(),
            Tag::USERDATA => value.as_userdata()?.metatable(),
            tag => self.metatables[tag.lua_type() as usize],
        }
    }

    pub(crate) fn event_name(&self, event: Event) -> Gc<Str> {
        self.names.events[event as usize]
    }

    /// What a metatable has for an event; nil if nothing. Absence is noted (`luaT_gettm`).
    #[inline]
    pub(crate) fn handler_in(&self, metatable: Option<Gc<Table>>, event: Event) -> Value {
        let Some(metatable) = metatable else { return Value::NIL };
        if metatable.lacks(event) {
            return Value::NIL;
        }
        let handler = metatable.get_name(self.event_name(event));
        if handler.is_nil() {
            metatable.note_absence(event);
        }
        handler
    }

    /// What a value's metatable has for an event (`luaT_gettmbyobj`).
    pub(crate) fn handler(&self, value: Value, event: Event) -> Value {
        self.handler_in(self.metatable_of(value), event)
    }
}
