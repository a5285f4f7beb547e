-- Ends in an uncaught run-time error deep in a call chain: names of locals, fields, methods, upvalues.
local Inventory = {}
Inventory.__index = Inventory
function Inventory.new() return setmetatable({items = {}, log = {}}, Inventory) end
function Inventory:add(name, count, price)
  local item = self.items[name]
  if item then
    item.count = item.count + count
    item.price = math.max(item.price, price)
  else
    self.items[name] = {name = name, count = count, price = price}
  end
  self.log[#self.log + 1] = ("+%d %s"):format(count, name)
  return self
end
function Inventory:remove(name, count)
  local item = self.items[name]
  item.count = item.count - count
  if item.count == 0 then self.items[name] = nil end
  self.log[#self.log + 1] = ("-%d %s"):format(count, name)
end
function Inventory:total()
  local sum = 0
  for _, item in pairs(self.items) do sum = sum + item.count * item.price end
  return sum
end

local inv = Inventory.new()
inv:add("bolt", 100, 0.25):add("nut", 80, 0.125):add("bolt", 50, 0.5)
inv:remove("nut", 80)
print(inv:total(), #inv.log)
for i, line in ipairs(inv.log) do print(i, line) end

local orders = {
  {"bolt", 20},
  {"bolt", 30},
  {"washer", 1},
}
local function process(order)
  local name, count = table.unpack(order)
  inv:remove(name, count)
  return name
end
local done = {}
local function each(list, f)
  for i = 1, #list do
    local r = f(list[i])
    done[#done + 1] = r
  end
end
local guard <close> = setmetatable({}, {__close = function(_, e)
  print("closing", table.concat(done, " "), (tostring(e):gsub("^.-([%w_]+%.lua)", "%1")))
end})
print(select(2, pcall(process, {"bolt", "many"})) ~= nil)
function run_all()
  each(orders, process)
  print "not reached"
end
run_all()
print "not reached either"
