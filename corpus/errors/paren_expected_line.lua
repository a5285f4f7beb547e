-- The line of the opening parenthesis is told.
local x = (1
  + 2
  * 3
local y
