-- The first byte of a binary chunk, in the middle of a source.
local chunk = Lua
