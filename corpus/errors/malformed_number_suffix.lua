-- No integer suffixes either.
local x = 10LL
