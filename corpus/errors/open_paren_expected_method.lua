local t = {}
function t:a.b() end
