-- A long string whose level never closes.
local a = [[closed]]
local s = [==[
line
]=] ]]
