local t = {}
function t[1]() end
