-- Letters beyond ASCII are no part of names.
local über = 1
