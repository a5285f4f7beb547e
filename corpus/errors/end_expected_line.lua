-- The line where the open block began is told.
local function f()
  if true then
    return 1
  end

