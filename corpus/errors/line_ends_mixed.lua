-- CR LF, LF CR, lone CR and LF each end one line.
local a = 1
local b = 2local c = 3
local d = = 4
