-- GETTABUP and SETTABUP: globals as sources and targets of every operand kind.
gi = 10
gf = 2.5
gs = "str"
gb = true
gn = nil
gt = {1, 2, 3}
gl = "a string literal that is longer than forty characters, hence long"
print(gi, gf, gs, gb, gn, #gt, gl)

local r = 42
gr = r          -- register operand
gk = 1234567890 -- constant operand
gu = gr         -- from another global
print(gr, gk, gu)

gi = gi + 1
gi, gf = gf, gi
print(gi, gf)

function gfun(x) return gs .. x end
print(gfun("ess"), type(gfun))

local function reads() return gi, undefined_name, gt[2], gt.x, gs:upper() end
print(reads())

local function writes()
  gnew = "made in a function"
  gt[#gt + 1] = gnew
  gi = nil
end
writes()
print(gnew, gt[4], gi)

-- The global table itself.
print(_G.gnew == gnew, _G == _ENV, _G._G == _G)
_G["not an identifier"] = 5
print(_ENV["not an identifier"])

-- Strict globals through a metatable.
local seen = {}
setmetatable(_G, {
  __index = function(_, k) seen[#seen + 1] = "get " .. k end,
  __newindex = function(t, k, v) seen[#seen + 1] = "set " .. k; rawset(t, k, v) end,
})
local v = missing_one
missing_one = 1
missing_one = 2
v = missing_two
setmetatable(_G, nil)
print(table.concat(seen, ", "), missing_one)
