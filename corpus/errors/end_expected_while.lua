while true do
  if x then break
until y
