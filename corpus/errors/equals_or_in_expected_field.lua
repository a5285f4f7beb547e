local t = {}
for t.i = 1, 2 do end
