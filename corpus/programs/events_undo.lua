-- An editor buffer with undo and redo, macros, an event emitter, and commands as closures.
local Emitter = {}
Emitter.__index = Emitter
function Emitter.new() return setmetatable({handlers = {}}, Emitter) end
function Emitter:on(event, f, once)
  local list = self.handlers[event] or {}
  self.handlers[event] = list
  local entry = {f = f, once = once}
  list[#list + 1] = entry
  return function()
    for i, e in ipairs(list) do if e == entry then table.remove(list, i) return true end end
    return false
  end
end
function Emitter:emit(event, ...)
  local list, n, errors = self.handlers[event] or {}, 0, {}
  for _, e in ipairs(table.move(list, 1, #list, 1, {})) do
    if e.once then for i, x in ipairs(list) do if x == e then table.remove(list, i) break end end end
    local ok, r = pcall(e.f, ...)
    if ok then n = n + 1 else errors[#errors + 1] = r end
    if r == "stop" then break end
  end
  return n, table.concat(errors, ";")
end

local em, got = Emitter.new(), {}
local off = em:on("x", function(v) got[#got + 1] = "a" .. v end)
em:on("x", function(v) got[#got + 1] = "b" .. v end, true)
em:on("x", function(v) if v == 3 then error("three", 0) end end)
em:on("x", function(v) if v == 2 then return "stop" end end)
em:on("x", function(v) got[#got + 1] = "z" .. v end)
for v = 1, 3 do io.write(table.concat({em:emit("x", v)}, "|"), " ") end
print(off(), off(), em:emit("x", 4), em:emit("none"))
print(table.concat(got, " "))

local Buffer = {}
Buffer.__index = Buffer
function Buffer.new(text)
  return setmetatable({text = text or "", cursor = 1, done = {}, undone = {}, marks = {}, events = Emitter.new(), depth = 0}, Buffer)
end
-- Every change is a pair of closures; they are grouped while a transaction is open.
function Buffer:apply(redo, undo, label)
  redo()
  local change = {redo = redo, undo = undo, label = label}
  if self.group then
    table.insert(self.group, change)
  else
    self.done[#self.done + 1] = change
    self.undone = {}
    self.events:emit("change", label)
  end
end
function Buffer:splice(at, n, s, label)
  local old, cursor = self.text:sub(at, at + n - 1), self.cursor
  self:apply(function()
    self.text = self.text:sub(1, at - 1) .. s .. self.text:sub(at + n)
    self.cursor = at + #s
  end, function()
    self.text = self.text:sub(1, at - 1) .. old .. self.text:sub(at + #s)
    self.cursor = cursor
  end, label)
end
function Buffer:insert(s) self:splice(self.cursor, 0, s, "insert " .. s) return self end
function Buffer:delete(n)
  if n < 0 then
    n = math.min(-n, self.cursor - 1)
    self:splice(self.cursor - n, n, "", "delete -" .. n)
  else
    self:splice(self.cursor, math.min(n, #self.text - self.cursor + 1), "", "delete " .. n)
  end
  return self
end
function Buffer:move(n) self.cursor = math.max(1, math.min(#self.text + 1, self.cursor + n)) return self end
function Buffer:find(p) local s = self.text:find(p, self.cursor) if s then self.cursor = s end return self, s end
function Buffer:transaction(label, f)
  if self.group then return f(self) end
  self.group = {}
  local ok, e = pcall(f, self)
  local group = self.group
  self.group = nil
  if not ok then
    for i = #group, 1, -1 do group[i].undo() end
    return nil, e
  end
  self.done[#self.done + 1] = {
    label = label,
    redo = function() for _, c in ipairs(group) do c.redo() end end,
    undo = function() for i = #group, 1, -1 do group[i].undo() end end,
  }
  self.undone = {}
  self.events:emit("change", label)
  return #group
end
function Buffer:replace(p, r)
  return self:transaction("replace", function()
    local pos = 1
    while true do
      local s, e = self.text:find(p, pos)
      if not s then break end
      local new = self.text:sub(s, e):gsub(p, r)
      self:splice(s, e - s + 1, new, "r")
      pos = s + math.max(1, #new)
    end
  end)
end
function Buffer:undo(n)
  for _ = 1, n or 1 do
    local c = table.remove(self.done)
    if not c then return false end
    c.undo()
    table.insert(self.undone, c)
    self.events:emit("undo", c.label)
  end
  return true
end
function Buffer:redo(n)
  for _ = 1, n or 1 do
    local c = table.remove(self.undone)
    if not c then return false end
    c.redo()
    table.insert(self.done, c)
  end
  return true
end
function Buffer:__tostring() return self.text:sub(1, self.cursor - 1) .. "^" .. self.text:sub(self.cursor) end

local b, trail = Buffer.new(), {}
b.events:on("change", function(l) trail[#trail + 1] = l end)
b.events:on("undo", function(l) trail[#trail + 1] = "-" .. l end)
b:insert("hello"):insert(" world"):move(-5):insert("big "):delete(-1)
print(b, #b.done)
b:move(-100):delete(1):insert("J")
print(b)
print(b:undo(2), tostring(b), b:undo(1), tostring(b), b:redo(), tostring(b), b:redo(5), tostring(b))
print(b:undo(99), b.text == "", b:redo(99), tostring(b))
b:undo(3)
b:insert("!")
print(tostring(b), b:redo(), #b.undone)
print(b:replace("l+", function(s) return "<" .. #s .. ">" end), tostring(b))
print(b:undo(), tostring(b))
print(b:transaction("fails", function(x) x:insert("lost"):move(-2):delete(3) error("changed my mind", 0) end))
print(tostring(b), #b.done)
print(b:transaction("nested", function(x) x:insert("1") return x:transaction("inner", function(y) y:insert("2"):insert("3") end) end), tostring(b))
b:undo()
print(tostring(b))
print(table.concat(trail, ", "))

-- A macro language over the buffer, one character per command; each macro is one undo step.
local keys = {l = function(x) x:move(1) end, h = function(x) x:move(-1) end, x = function(x) x:delete(1) end, X = function(x) x:delete(-1) end, ["0"] = function(x) x:move(-#x.text) end, ["$"] = function(x) x:move(#x.text) end}
function Buffer:macro(text)
  return self:transaction("macro " .. text, function()
    local pos = 1
    while pos <= #text do
      local n, c, p = text:match("^(%d*)(%D)()", pos)
      if not c then n, c, p = "", text:sub(pos, pos), pos + 1 end
      if c == "i" then
        local s, e = text:match("^([^.]*)%.()", p)
        if not s then error("unfinished insert", 0) end
        for _ = 1, tonumber(n) or 1 do self:insert(s) end
        p = e
      elseif keys[c] then
        for _ = 1, tonumber(n) or 1 do keys[c](self) end
      else
        error("no command '" .. c .. "'", 0)
      end
      pos = p
    end
  end)
end
local m = Buffer.new("abcdef")
print(m:macro "2lx", tostring(m)) print(m:macro "3iXY.", tostring(m)) print(m:macro "$X0ix.", tostring(m)) print(m:macro "iunfinished", tostring(m)) print(m:macro "xxq", tostring(m))
print(m:undo(), tostring(m), m:undo(2), tostring(m), m:redo(3), tostring(m))
