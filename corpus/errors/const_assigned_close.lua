-- To-be-closed variables are constant, too.
local f <close> = nil
f = 1
