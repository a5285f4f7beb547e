-- The condition still sees the local, so the label is not at the end of its scope.
repeat
  if x then goto continue end
  local done = true
  ::continue::
until done
