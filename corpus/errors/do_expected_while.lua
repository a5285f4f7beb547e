while x
  x = nil
end
