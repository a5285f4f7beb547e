-- Labels of the enclosing function are not visible either.
::outer::
local function f() goto outer end
