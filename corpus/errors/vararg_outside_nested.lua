-- The dots of the outer function are not visible.
local function f(...)
  return function() return select("#", ...) end
end
