-- an analysis of control flow: graphs of blocks, order by depth, dominators, natural loops, liveness as bits
local N = tonumber((...)) or 250
local Block = {}
Block.__index = Block
local Graph = {}
Graph.__index = Graph
function Graph.new() return setmetatable({ blocks = {} }, Graph) end
function Graph:block()
  local b = setmetatable({ id = #self.blocks + 1, succs = {}, preds = {}, use = 0, def = 0 }, Block)
  self.blocks[b.id] = b
  return b
end
function Block:to(other)
  self.succs[#self.succs + 1] = other
  other.preds[#other.preds + 1] = self
  return other
end
function Block:touches(k) self.use = self.use | 1 << k % 60; self.def = self.def | 1 << k * 7 % 60 & ~self.use; return self end
-- nested loops with branches inside; returns where control leaves
local function region(g, from, depth, k)
  local head = from:to(g:block():touches(k))
  local yes, no = head:to(g:block():touches(k + 1)), head:to(g:block():touches(k + 2))
  if depth > 0 then
    yes = region(g, yes, depth - 1, k + 3)
    no = region(g, no, depth - 1, k + 5)
  end
  local join = yes:to(g:block():touches(k + 4))
  no:to(join)
  if k % 3 ~= 0 then join:to(head) end
  return join:to(g:block())
end
local function number(start)
  local order, seen = {}, {}
  local function visit(b)
    seen[b] = true
    for _, s in ipairs(b.succs) do if not seen[s] then visit(s) end end
    order[#order + 1] = b
  end
  visit(start)
  local n = #order
  for i = 1, n // 2 do order[i], order[n + 1 - i] = order[n + 1 - i], order[i] end
  for i, b in ipairs(order) do b.order = i end
  return order
end
local function dominators(order)
  local start, rounds, changed = order[1], 0, true
  for _, b in ipairs(order) do b.idom = nil end
  start.idom = start
  while changed do
    changed, rounds = false, rounds + 1
    for i = 2, #order do
      local b, new = order[i], nil
      for _, p in ipairs(b.preds) do
        if p.idom then
          if not new then new = p
          else
            local x, y = p, new
            while x ~= y do
              while x.order > y.order do x = x.idom end
              while y.order > x.order do y = y.idom end
            end
            new = x
          end
        end
      end
      if b.idom ~= new then b.idom = new; changed = true end
    end
  end
  return rounds
end
local function dominates(a, b)
  while b.order > a.order do b = b.idom end
  return a == b
end
local function loops(order)
  local found, nested = {}, 0
  for _, b in ipairs(order) do
    for _, head in ipairs(b.succs) do
      if dominates(head, b) then
        local body, work = { [head] = true }, { b }
        while #work > 0 do
          local x = table.remove(work)
          if not body[x] then
            body[x] = true
            for _, p in ipairs(x.preds) do work[#work + 1] = p end
          end
        end
        found[#found + 1] = { head = head, body = body }
      end
    end
  end
  for _, outer in ipairs(found) do
    for _, inner in ipairs(found) do if outer ~= inner and outer.body[inner.head] then nested = nested + 1 end end
  end
  return #found, nested
end
local function liveness(order)
  local rounds, changed = 0, true
  for _, b in ipairs(order) do b.live = 0 end
  while changed do
    changed, rounds = false, rounds + 1
    for i = #order, 1, -1 do
      local b, out = order[i], 0
      for _, s in ipairs(b.succs) do out = out | s.live end
      local live = b.use | out & ~b.def
      if live ~= b.live then b.live = live; changed = true end
    end
  end
  return rounds
end
local sum = 0
for r = 1, N do
  local g = Graph.new()
  local start = g:block()
  local at = start
  for k = 1, 4 do at = region(g, at, 4, r + k) end
  local order = number(start)
  sum = sum + dominators(order) + liveness(order)
  local n, nested = loops(order)
  sum = sum + n * 3 + nested
  for _, b in ipairs(order) do sum = (sum + b.idom.order * b.order + b.live) % 1000003 end
end
print(sum)
