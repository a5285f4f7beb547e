-- Ends in an error that blames a caller (level 2), raised by a checked interface.
local Stack = {}
Stack.__index = Stack
local function check(self, name)
  if getmetatable(self) ~= Stack then
    error(("bad self for '%s' (a %s)"):format(name, type(self)), 3)
  end
end
function Stack.new(limit) return setmetatable({n = 0, limit = limit or 5}, Stack) end
function Stack:push(v)
  check(self, "push")
  if v == nil then error("cannot push nil", 2) end
  if self.n == self.limit then error("full at " .. self.limit, 2) end
  self.n = self.n + 1
  self[self.n] = v
  return self
end
function Stack:pop()
  check(self, "pop")
  if self.n == 0 then error("empty", 2) end
  local v = self[self.n]
  self[self.n] = nil
  self.n = self.n - 1
  return v
end
function Stack:peek(k)
  check(self, "peek")
  k = k or 0
  if math.type(k) ~= "integer" or k < 0 or k >= self.n then error("no element " .. tostring(k), 2) end
  return self[self.n - k]
end

local s = Stack.new(3)
s:push(1):push("two"):push {3}
print(s.n, s:peek(1), s:pop()[1], s:pop(), s.n)
local function where(f, ...)
  local ok, m = pcall(f, ...)
  return ok, (m:gsub("^.-([%w_]+%.lua:%d+)", "%1"))
end
print(where(function() s:push(nil) end))
print(where(function() s:push(2):push(3):push(4) end))
print(where(function() s:peek(9) end))
print(where(function() s:peek(0.5) end))
print(where(function() Stack.pop {} end))
print(where(function() Stack.pop() end))
print(where(Stack.pop, 5))
-- Through a tail call the level counts frames that are gone.
local function tail(st) return st:push(nil) end
print(where(function() tail(s) end))
print(where(function() local r = tail(s) return r end))
-- Reverse Polish evaluation on top of it.
local function rpn(text)
  local st = Stack.new(10)
  for w in text:gmatch "%S+" do
    local n = tonumber(w)
    if n then
      st:push(n)
    else
      local b, a = st:pop(), st:pop()
      st:push(({["+"] = a + b, ["-"] = a - b, ["*"] = a * b, ["/"] = b ~= 0 and a / b or nil})[w])
    end
  end
  local r = st:pop()
  assert(st.n == 0, "operators missing in '" .. text .. "'")
  return r
end
print(rpn "1 2 + 4 *", rpn "5 1 2 + 4 * + 3 -", rpn "10 4 /")
print(where(rpn, "1 2"))
print(where(rpn, "1 0 /"))
print(where(rpn, "1 2 ?"))
print(rpn "1 +")
