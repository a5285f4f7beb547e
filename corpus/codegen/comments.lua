-- Comments of all forms, in all places.
--[[ block on one line ]] print("after block")
--[[ block
over lines
]] print("after lines")
--[==[ with level ]] ]=] still comment
]==] print("after level")
---[[ not a block comment, just a line
print("not commented out")
--]] end of that trick
--[ also only a line
--[= so is this
--[=x this too
--[==
print("line comments")
print(--[[ inside ]] "a call" --[[ before comma ]], --[==[ x ]==] 2)
local --[[n]] x --[[=]] = --[[v]] 1 -- trailing
local t = { -- comment in constructor
  1, -- one
  --[[ 2, ]]
  3, -- three
  --
}
print(#t, x --[[]])
return --[[comment between]] print("return value"--[[
  long
]]) --[[at the end without newline]]--
