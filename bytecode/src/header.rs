//! The fixed bytes in front of a chunk, as a build for 64-bit Linux writes them.

/// First bytes of every binary chunk (`LUA_SIGNATURE`).
pub const SIGNATURE: [u8; 4] = *b"\x1bLua";
/// Version 5.4 (`LUAC_VERSION`).
pub const VERSION: u8 = 0x54;
/// The official format (`LUAC_FORMAT`).
pub const FORMAT: u8 = 0;
/// Bytes that a careless text transfer would change (`LUAC_DATA`).
pub const DATA: [u8; 6] = *b"\x19\x93\r\n\x1a\n";
/// Bytes of an instruction.
pub const INSTRUCTION_SIZE: u8 = 4;
/// Bytes of an integer.
pub const INTEGER_SIZE: u8 = 8;
/// Bytes of a float.
pub const NUMBER_SIZE: u8 = 8;
/// The integer that shows the byte order of integers (`LUAC_INT`).
pub const TEST_INTEGER: i64 = 0x5678;
/// The float that shows the format of floats (`LUAC_NUM`).
pub const TEST_NUMBER: f64 = 370.5;

/// Bytes of the header. The upvalue count of the main function follows.
pub const LEN: usize = 31;

/// Tags of constants in a chunk: variant tags of values (lobject.h).
pub mod tag {
    /// `nil`.
    pub const NIL: u8 = 0x00;
    /// `false`.
    pub const FALSE: u8 = 0x01;
    /// `true`.
    pub const TRUE: u8 = 0x11;
    /// An integer, eight bytes.
    pub const INTEGER: u8 = 0x03;
    /// A float, eight bytes.
    pub const FLOAT: u8 = 0x13;
    /// A string of at most 40 bytes.
    pub const SHORT_STRING: u8 = 0x04;
    /// A longer string.
    pub const LONG_STRING: u8 = 0x14;
}
