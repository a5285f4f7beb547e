-- A local function has a plain name.
local function a.b() end
