-- load with functions that give pieces: endless ones, wrong ones, pieces that split words.
print(load(function() return "x x " end))
local n = 0
print(load(function() n = n + 1 return "x = = 1\n" end))
local parts = {"local a = 1 ", "local b = 'x ", "y' ", "goto ", "done ", "do local c ", "= a =", "= 1 end ", "::done:: ", "return ", "a .", ". b", " --[[ x", " ]] "}
local i = 0
print(load(function() i = i + 1 return parts[i] end)())
local src = ("x = 1 "):rep(100) .. "return 'ab\\z   c', 0x1p4, 1e+2, a == nil, [==[ x ]] ]==] -- c"
local i = 0
print(load(function() i = i + 1 return i <= #src and src:sub(i, i) or nil end)())
