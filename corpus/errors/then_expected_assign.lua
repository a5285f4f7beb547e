-- Assignment is no expression.
if x = 1 then end
