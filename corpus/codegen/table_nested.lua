-- Nested constructors, computed keys, evaluation order.
local trace = {}
local function t(x) trace[#trace + 1] = tostring(x) return x end

local order = {t "a", [t "k1"] = t "v1", t "b", k2 = t "v2", [t(10)] = t(20), t "c"}
print(table.concat(trace, " "))
print(#order, order[1], order[3], order.k1, order.k2, order[10])

local matrix = {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}
local diag = 0
for i = 1, 3 do diag = diag + matrix[i][i] end
print(diag, #matrix, #matrix[2])

local tree = {
  value = 1,
  left = {value = 2, left = {value = 4}, right = {value = 5, right = {value = 8}}},
  right = {value = 3, right = {value = 7}},
}
local function walk(node, depth)
  if not node then return 0, depth - 1 end
  local ls, ld = walk(node.left, depth + 1)
  local rs, rd = walk(node.right, depth + 1)
  return node.value + ls + rs, ld > rd and ld or rd
end
print(walk(tree, 1))

-- Keys of every kind.
local fn, tab = function() return "fn" end, {}
local keys = {
  [1] = "int", [1.5] = "float", ["s p"] = "string", [true] = "true", [false] = "false",
  [fn] = "function", [tab] = "table", [-1] = "negative", [2^53] = "big", [1e300] = "huge",
  [not nil] = "overwrites true",
}
print(keys[1], keys[1.5], keys["s p"], keys[true], keys[false])
print(keys[fn], keys[tab], keys[-1], keys[9007199254740992], keys[1e300])

-- Functions inside constructors.
local ops = {
  add = function(a, b) return a + b end,
  ["sub"] = function(a, b) return a - b end,
  function(a) return -a end,
  nested = {mul = function(a, b) return a * b end},
}
print(ops.add(1, 2), ops.sub(1, 2), ops[1](5), ops.nested.mul(3, 4))

-- Expressions as items: logic, comparison, concatenation, arithmetic.
local x, y = 3, nil
local exprs = {x and 1, y or 2, x == 3, x .. "", -x, #"four", x < 2, not x, y and 1}
for i = 1, 9 do io.write(tostring(exprs[i]), " ") end
print()

local ok, msg = pcall(function() return {[y] = 1} end)
print(ok, (msg:gsub("^[^:]*:%d+: ", "")))
ok, msg = pcall(function() return {[0/0] = 1} end)
print(ok, (msg:gsub("^[^:]*:%d+: ", "")))
