-- Ends in an uncaught stack overflow; before that, the same recursion is caught and survived.
local function ackermann(m, n)
  if m == 0 then return n + 1 end
  if n == 0 then return ackermann(m - 1, 1) end
  return ackermann(m - 1, ackermann(m, n - 1))
end
print(ackermann(1, 5), ackermann(2, 3), ackermann(3, 3))

local function depth_of(f)
  local deepest = 0
  local ok, e = pcall(f, function(n) if n > deepest then deepest = n end end)
  return ok, tostring(e):match("stack overflow"), deepest > 10000
end
print(depth_of(function(note)
  local function go(n, ...)
    local a, b, c, d, e, f, g, h = n, n, n, n, n, n, n, n
    note(n)
    return 1 + go(n + 1, a, b, c, d, e, f, g, h)
  end
  return go(1)
end))
print(depth_of(function(note)
  local a, b
  function a(n, ...) note(n) local r = b(n + 1, n, n, n, n, n, n, n, n, ...) return r end
  function b(n, p, q, r, s, t, u, v, w) local x = a(n + 1, p, q, r, s, t, u, v) return x end
  return a(1)
end))

-- Trees: the recursive walk overflows on a degenerate tree, the explicit stack does not.
local function insert(root, v)
  if not root then return {v = v} end
  local at = root
  while true do
    local side = v < at.v and "left" or "right"
    if not at[side] then at[side] = {v = v} return root end
    at = at[side]
  end
end
local function sum(node)
  if not node then return 0 end
  local v, left, right = node.v, node.left, node.right
  local s = sum(left)
  local t = sum(right)
  return v + s + t
end
local function sum_iterative(node)
  local stack, total = {node}, 0
  while #stack > 0 do
    local n = table.remove(stack)
    total = total + n.v
    if n.left then stack[#stack + 1] = n.left end
    if n.right then stack[#stack + 1] = n.right end
  end
  return total
end
local balanced
for _, v in ipairs {8, 4, 12, 2, 6, 10, 14, 1, 3, 5, 7} do balanced = insert(balanced, v) end
print(sum(balanced), sum_iterative(balanced))
local list
for v = 1, 180000 do list = {v = v, right = list} end
print(sum_iterative(list))
local ok, e = pcall(sum, list)
print(ok, e:match("stack overflow"))

local function endless(n)
  local t1, t2, t3, t4, t5, t6, t7, t8, t9, t10 = n, n, n, n, n, n, n, n, n, n
  local sum = t1 + t2 + t3 + t4 + t5 + t6 + t7 + t8 + t9 + t10
  return sum // n + endless(n + 1)
end
function start() return (endless(1)) end
print("going down")
start()
print("unreachable")
