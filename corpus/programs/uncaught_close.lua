-- Ends in an uncaught error raised while closing, which replaced the one raised in the body.
local opened, log = 0, {}
local function resource(name, fail)
  opened = opened + 1
  return setmetatable({name = name}, {
    __close = function(self, e)
      opened = opened - 1
      log[#log + 1] = self.name .. (e and "*" or "")
      if fail then error("closing " .. self.name .. " failed", 2) end
    end,
    __tostring = function(self) return "<" .. self.name .. ">" end,
  })
end
local function flush(what) print(what, table.concat(log, " "), opened) log = {} end

local function transaction(name, body)
  local r <close> = resource(name)
  return "ok", body(r)
end
print(transaction("t1", function(r) return tostring(r), 1, nil end))
flush "t1"
print(pcall(transaction, "t2", function() error("body of t2", 0) end))
flush "t2"
print(transaction("outer", function()
  return transaction("inner", function()
    return select("#", transaction("innermost", function() end))
  end)
end))
flush "nested"

local function copy(from, to, fail)
  local a <close> = resource(from)
  local b <close> = resource(to, fail == "close")
  if fail == "body" then error("copying " .. from) end
  return from .. ">" .. to
end
print(copy("in", "out"))
flush "copy"
print((select(2, pcall(copy, "in", "out", "body")):gsub("^.-:%d+", "POS")))
flush "body"
print((select(2, pcall(copy, "in", "out", "close")):gsub("^.-:%d+", "POS")))
flush "close"

-- At the top level of the script: values pending until the end of the main chunk.
local first <close> = setmetatable({}, {__close = function(_, e)
  flush "first"
  io.write("first closed with: ", (tostring(e):gsub("^.-([%w_]+%.lua)", "%1")), "\n")
end})
local second <close> = resource("second", true)
local third <close> = resource "third"
for i = 1, 3 do
  local r <close> = resource("loop" .. i)
  if i == 2 then
    local s <close> = resource "inside"
    error("original error in the loop")
  end
end
print "not reached"
