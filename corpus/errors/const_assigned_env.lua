local _ENV <const> = {}
x = 1
_ENV = nil
