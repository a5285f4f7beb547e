print(
  1,
  2
local x = 3
