-- Long brackets: levels, first newline, no escapes, nesting of lower levels.
print([[simple]], [==[level two]==], #[[]], #[====[]====])
print([[
first newline dropped]])
print([[

second newline kept]])
print([[no \n escapes \x41 here]])
print([[contains ] and ]=] and [ and [=[ ]], [=[contains ]] and [[ ]=])
print([==[ ]=] ]===] ]] ]==])
print(#[[
]], #[[

]])
print([[quotes " and ' and -- comment?]])
local t = {[ [[key]] ] = [[value]], [ [=[k]=] ] = 2}
print(t.key, t.k)

-- Index with a long bracket needs a space; calls do not.
local id = function(s) return s end
print(id[[call]], id[==[call]==], #id[[
line1
line2
]])

-- Very long literal, over the limit of short strings.
local text = [[
Lorem ipsum is not used here; this text only needs to be longer than a short
string may be, to contain several lines, and to be found again by equality.]]
print(#text, select(2, text:gsub("\n", "\n")), text == text .. "", text:sub(1, 5))

-- Method on a literal, in concatenation, in comparison.
print(([[abc]]):upper() .. [=[=]=] .. "x", [[a]] == "a", [[a
b]] == "a\nb")

-- Multi-line strings and the line numbers after them.
local s = [[


]]
print(debug.getinfo(1, "l").currentline, #s)
print("broken \
by backslash", debug.getinfo(1, "l").currentline)
