-- Return must be the last statement of its block.
local function f()
  return 1
  print "never"
end
