-- Even a compile-time constant has a scope.
goto out
local result <const> = 5
::out:: return result
