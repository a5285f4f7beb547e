repeat
  local x = 1
end
