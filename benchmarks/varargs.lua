-- variable arguments: select, packing, unpacking, forwarding, adjusting lists of results
local N = tonumber((...)) or 200
local select, pack, unpack = select, table.pack, table.unpack
local function count(...) return select("#", ...) end
local function sum_select(...)
  local s = 0
  for i = 1, select("#", ...) do s = s + (select(i, ...)) end
  return s
end
local function sum_table(...)
  local s = 0
  for _, v in ipairs({ ... }) do s = s + v end
  return s
end
local function sum_pack(...)
  local t, s = pack(...), 0
  for i = 1, t.n do s = s + t[i] end
  return s
end
local function sum_rest(first, ...)
  if first == nil then return 0 end
  return first + sum_rest(...)
end
local function forward(f, ...) return f(...) end
local function bind(f, ...)
  local args = pack(...)
  return function(...)
    local n = args.n
    local all = { unpack(args, 1, n) }
    for i = 1, select("#", ...) do all[n + i] = (select(i, ...)) end
    return f(unpack(all, 1, n + select("#", ...)))
  end
end
local function three(x) return x, x + 1, x + 2 end
local function max(first, ...)
  for i = 1, select("#", ...) do
    local v = select(i, ...)
    if v > first then first = v end
  end
  return first
end
local total = 0
for r = 1, N do
  local bound = bind(sum_select, r, r + 1)
  for i = 1, 1500 do
    total = total + count() + count(i, nil, nil) + count(three(i))
    total = total + sum_select(i, 2, 3, 4, 5) + sum_table(1, 2, i) + sum_pack(i, i, i, 4)
    total = total + forward(sum_select, three(i)) + forward(forward, count, i, i)
    total = total + sum_rest(1, 2, 3, i) + max(i, 7, 1500 - i, 3)
    total = total + bound(i, 3)
    local a, b, c, d = three(i)
    total = total + a + b + c + (d or 1)
    local t = { three(i), three(i) }
    total = total + #t
  end
  local list = {}
  for i = 1, 150 do list[i] = i end
  for _ = 1, 10 do total = total + sum_select(unpack(list)) + count(unpack(list, 3)) end
end
print(string.format("%d", total))
