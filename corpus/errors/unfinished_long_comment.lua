-- A long comment without an end.
local x = 1
--[[ opened
x = 2
