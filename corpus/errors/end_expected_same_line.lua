-- Without a line, because it would be the current one.
while true do