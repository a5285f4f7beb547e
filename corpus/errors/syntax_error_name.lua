-- A lone name is no statement.
local x = 1
x
