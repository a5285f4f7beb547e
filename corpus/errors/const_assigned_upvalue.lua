local k <const> = {}
local function f()
  return function() k = 1 end
end
