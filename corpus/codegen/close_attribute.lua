-- TBC and CLOSE: <close> variables on every way out of a block.
local log = {}
local function flush() print(table.concat(log, " ")) log = {} end
local function res(name)
  return setmetatable({name = name}, {__close = function(o, e)
    log[#log + 1] = "-" .. o.name .. (e ~= nil and "!" .. tostring(e) or "")
  end})
end

do
  local a <close> = res "a"
  local b <close> = res "b"
  log[#log + 1] = "body"
end
flush()

for i = 1, 3 do
  local r <close> = res("i" .. i)
  if i == 2 then goto continue end
  log[#log + 1] = tostring(i)
  ::continue::
end
flush()

local function early(n)
  local r <close> = res "early"
  if n then return "returned", n end
  local s <close> = res "late"
  return "end"
end
print(early(1)) flush()
print(early()) flush()

-- Values to return are computed before closing and survive it.
local function value()
  local v = 1
  local r <close> = setmetatable({}, {__close = function() v = 100 end})
  return v, function() return v end
end
local v, get = value()
print(v, get())

-- nil and false need no method; anything else does.
do local n <close>, m = nil, 1 end
do local f <close> = false end
print(pcall(function() local x <close> = 42 end))
print(pcall(function() local some_name <close> = {} end))

-- Errors pass through all handlers, which see the current error; a handler may replace it.
print(pcall(function()
  local a <close> = res "a"
  local b <close> = setmetatable({}, {__close = function(_, e) log[#log + 1] = "got:" .. e error("second", 0) end})
  local c <close> = res "c"
  error("first", 0)
end))
flush()

-- Together with captured variables, in loops, with break.
local fns = {}
while true do
  local cap = #fns
  local r <close> = res("w" .. cap)
  fns[#fns + 1] = function() cap = cap + 1 return cap end
  if #fns == 2 then break end
end
print(fns[1](), fns[2](), fns[1]()) flush()

-- The variable cannot be reassigned but its object may change.
do
  local o <close> = res "renamed"
  o.name = "new name"
end
flush()

-- Position in a list: middle of other names.
do
  local x, y <close>, z = 1, res "y", 3
  log[#log + 1] = x .. z
end
flush()
