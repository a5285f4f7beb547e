-- "Not equal" is written with a tilde.
if 1 != 2 then end
