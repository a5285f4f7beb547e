//! Every numeric limit of the Lua 5.4 reference that this workspace obeys, with its name there.

/// Registers a function may use (`MAXREGS`, lcode.c; exclusive, so the highest frame is 254).
pub const MAX_REGS: u32 = 255;
/// Local variables a function may have active at once (`MAXVARS`, lparser.c).
pub const MAX_VARS: usize = 200;
/// Upvalues a closure may have (`MAXUPVAL`, lfunc.h).
pub const MAX_UPVALUES: usize = 255;
/// Nested C calls, and so nested syntactic levels and prototypes (`LUAI_MAXCCALLS`, llimits.h).
pub const MAX_C_CALLS: u32 = 200;
/// Longest string that is interned (`LUAI_MAXSHORTLEN`, llimits.h), in bytes.
pub const MAX_SHORT_LEN: usize = 40;
/// Slots a Lua stack may grow to (`LUAI_MAXSTACK`, luaconf.h).
pub const MAX_STACK: usize = 1_000_000;
/// Items a table constructor holds back before it emits SETLIST (`LFIELDS_PER_FLUSH`, lopcodes.h).
pub const FIELDS_PER_FLUSH: u32 = 50;
/// Longest description of a chunk in messages (`LUA_IDSIZE`, luaconf.h), in bytes with its end.
pub const ID_SIZE: usize = 60;
/// Instructions between two absolute line entries (`MAXIWTHABS`, ldebug.h).
pub const MAX_INSTRUCTIONS_WITHOUT_ABS_LINE: u32 = 128;
/// Marks a line delta that does not fit (`ABSLINEINFO`, ldebug.h).
pub const ABS_LINE_MARK: i8 = -128;
/// Greatest line delta kept in one byte (`LIMLINEDIFF`, lcode.c; exclusive).
pub const LINE_DELTA_LIMIT: i32 = 0x80;
/// Captures of one pattern (`LUA_MAXCAPTURES`, lstrlib.c).
pub const MAX_CAPTURES: usize = 32;
/// Greatest value of a C `int`, which bounds most counts of the format (`MAX_INT`, llimits.h).
pub const MAX_INT: u32 = i32::MAX as u32;
