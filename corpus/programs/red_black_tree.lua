-- Left-leaning red-black tree with insertion, deletion, ordered iteration and invariant checks.
local Tree = {}
Tree.__index = Tree
local RED <const>, BLACK <const> = true, false
local function is_red(n) return n ~= nil and n.red == RED end
local function rotate_left(h)
  local x = h.right
  h.right, x.left = x.left, h
  x.red, h.red = h.red, RED
  return x
end
local function rotate_right(h)
  local x = h.left
  h.left, x.right = x.right, h
  x.red, h.red = h.red, RED
  return x
end
local function flip(h)
  h.red = not h.red
  h.left.red = not h.left.red
  h.right.red = not h.right.red
end
local function balance(h)
  if is_red(h.right) and not is_red(h.left) then h = rotate_left(h) end
  if is_red(h.left) and is_red(h.left.left) then h = rotate_right(h) end
  if is_red(h.left) and is_red(h.right) then flip(h) end
  return h
end
local function move_left(h)
  flip(h)
  if is_red(h.right.left) then
    h.right = rotate_right(h.right)
    h = rotate_left(h)
    flip(h)
  end
  return h
end
local function move_right(h)
  flip(h)
  if is_red(h.left.left) then
    h = rotate_right(h)
    flip(h)
  end
  return h
end

function Tree.new() return setmetatable({size = 0}, Tree) end
function Tree:set(key, value)
  local function insert(h)
    if not h then
      self.size = self.size + 1
      return {key = key, value = value, red = RED}
    end
    if key < h.key then h.left = insert(h.left)
    elseif h.key < key then h.right = insert(h.right)
    else h.value = value end
    return balance(h)
  end
  self.root = insert(self.root)
  self.root.red = BLACK
end
function Tree:get(key)
  local h = self.root
  while h do
    if key < h.key then h = h.left elseif h.key < key then h = h.right else return h.value end
  end
end
local function smallest(h) while h.left do h = h.left end return h end
local function remove_min(h)
  if not h.left then return nil end
  if not is_red(h.left) and not is_red(h.left.left) then h = move_left(h) end
  h.left = remove_min(h.left)
  return balance(h)
end
function Tree:remove(key)
  if self:get(key) == nil then return false end
  local function delete(h)
    if key < h.key then
      if not is_red(h.left) and not is_red(h.left.left) then h = move_left(h) end
      h.left = delete(h.left)
    else
      if is_red(h.left) then h = rotate_right(h) end
      if key == h.key and not h.right then return nil end
      if not is_red(h.right) and not is_red(h.right.left) then h = move_right(h) end
      if key == h.key then
        local m = smallest(h.right)
        h.key, h.value = m.key, m.value
        h.right = remove_min(h.right)
      else
        h.right = delete(h.right)
      end
    end
    return balance(h)
  end
  if not is_red(self.root.left) and not is_red(self.root.right) then self.root.red = RED end
  self.root = delete(self.root)
  if self.root then self.root.red = BLACK end
  self.size = self.size - 1
  return true
end
function Tree:__pairs()
  return coroutine.wrap(function()
    local function walk(h)
      if not h then return end
      walk(h.left)
      coroutine.yield(h.key, h.value)
      walk(h.right)
    end
    walk(self.root)
  end)
end
function Tree:__len() return self.size end
-- Returns the black height after checking order, colours and balance.
function Tree:check()
  local function visit(h, lo, hi)
    if not h then return 1, 0 end
    assert(not lo or lo < h.key) assert(not hi or h.key < hi)
    assert(not is_red(h.right), "right-leaning red")
    assert(not (is_red(h) and is_red(h.left)), "two reds in a row")
    local a, da = visit(h.left, lo, h.key)
    local b, db = visit(h.right, h.key, hi)
    assert(a == b, "unequal black heights")
    return a + (h.red and 0 or 1), 1 + math.max(da, db)
  end
  return visit(self.root)
end

local t = Tree.new()
for i = 1, 31 do t:set(i, i * i) t:check() end
print("ascending", #t, t:check())
for i = 1, 31, 2 do assert(t:remove(i)) t:check() end
print("evens left", #t, t:check())
local out = {}
for k, v in pairs(t) do out[#out + 1] = k .. "=" .. v end
print(table.concat(out, " "))
print(t:get(16), t:get(17), t:remove(99), t:remove(2), t:get(2))

-- Random operations against a plain table.
local seed = 2024
local function rnd(n) seed = (seed * 1103515245 + 12345) & 0x7fffffff return (seed >> 8) % n end
local tree, plain, count = Tree.new(), {}, 0
for step = 1, 1500 do
  local k = rnd(200)
  if rnd(3) < 2 then
    if not plain[k] then count = count + 1 end
    plain[k] = step
    tree:set(k, step)
  else
    local had = plain[k] ~= nil
    assert(tree:remove(k) == had)
    if had then count = count - 1 end
    plain[k] = nil
  end
  if step % 50 == 0 then tree:check() end
end
local last, same = -1, true
for k, v in pairs(tree) do
  same = same and k > last and plain[k] == v
  last = k
end
print("random", #tree, count, same, tree:check())

local words = Tree.new()
for w in ("it was the best of times it was the worst of times it was the age of wisdom"):gmatch "%a+" do
  words:set(w, (words:get(w) or 0) + 1)
end
for w, n in pairs(words) do io.write(w, ":", n, " ") end
print(#words, words:check())
for _, w in ipairs {"was", "it", "the", "of", "times", "age", "best", "worst", "wisdom"} do words:remove(w) words:check() end
print(#words, next(words), words.root)
print(pcall(words.set, t, "mixed", 1))
