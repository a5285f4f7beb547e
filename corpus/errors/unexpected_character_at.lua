@decorator
local function f() end
