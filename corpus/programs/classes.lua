-- Single inheritance with constructors, super calls, class methods, introspection and metamethod inheritance.
local Object = {name = "Object"}
Object.__index = Object

function Object:extend(name)
  local class = {}
  for k, v in pairs(self) do if k:find("^__") then class[k] = v end end
  class.__index = class
  class.name, class.super = name, self
  return setmetatable(class, {__index = self, __call = function(c, ...)
    local o = setmetatable({}, c)
    return o:init(...) or o
  end, __tostring = function(c) return "class " .. c.name end})
end
function Object:init() end
function Object:is(class)
  local c = getmetatable(self)
  while c do
    if c == class then return true end
    c = rawget(c, "super")
  end
  return false
end
function Object:class() return getmetatable(self) end
function Object:__tostring() return "a " .. getmetatable(self).name end

local Animal = Object:extend "Animal"
function Animal:init(name, legs) self.called, self.legs, self.log = name, legs or 4, {} end
function Animal:speak() return "..." end
function Animal:describe() return ("%s the %s has %d legs and says %s"):format(self.called, self.name, self.legs, self:speak()) end
function Animal.__eq(a, b) return a.called == b.called end
function Animal.__lt(a, b) return a.legs < b.legs end
function Animal.__len(a) return a.legs end
function Animal.__concat(a, b) return (a.called or a) .. "&" .. (b.called or b) end

local Dog = Animal:extend "Dog"
function Dog:init(name) Dog.super.init(self, name, 4) self.tricks = {} end
function Dog:speak() return "woof" end
function Dog:learn(...)
  for _, t in ipairs {...} do self.tricks[#self.tricks + 1] = t end
  return self
end
function Dog:describe()
  local base = Animal.describe(self)
  return #self.tricks > 0 and base .. " and can " .. table.concat(self.tricks, ", ") or base
end
local Puppy = Dog:extend "Puppy"
function Puppy:speak() return Dog.speak(self):gsub("oo", "i") end
local Bird = Animal:extend "Bird"
function Bird:init(name) Animal.init(self, name, 2) end
function Bird:__tostring() return "<" .. self.called .. ">" end
local Singleton = Object:extend "Singleton"
function Singleton:init() Singleton.only = Singleton.only or self return Singleton.only end

local rex, pip, tweety, thing = Dog "Rex", Puppy "Pip", Bird "Tweety", Animal("It", 7)
rex:learn("sit", "roll"):learn "fetch"
for _, a in ipairs {rex, pip, tweety, thing} do print(a:describe()) end
print(tostring(rex), tostring(pip), tostring(tweety), tostring(Dog), tostring(thing:class()))
print(rex:is(Dog), rex:is(Animal), rex:is(Object), rex:is(Bird), pip:is(Dog), pip:class() == Puppy, pip:class().super == Dog)
print(rex == Dog "Rex", rex == pip, rex ~= tweety, tweety < rex, rex < tweety, #tweety, rex .. pip, "x" .. rex, rex .. "y")
print(Singleton() == Singleton(), rawequal(Singleton(), Singleton.only))
print(rawget(rex, "speak"), rex.speak == Dog.speak, pip.learn == Dog.learn, tweety.fly)

-- Methods can be replaced for a class, for an object, and while running.
function Animal:speak() return "generic" end
print(thing:speak(), rex:speak(), tweety:speak())
function rex:speak() return "WOOF" end
print(rex:speak(), Dog("Other"):speak())
rex.speak = nil
print(rex:speak())
Dog.speak = nil
print(rex:speak(), pip:speak())

local queue = {Animal("c", 3), Animal("a", 1), Animal("b", 2)}
table.sort(queue)
print(queue[1].called .. queue[2].called .. queue[3].called, pcall(function() return queue[1] <= queue[2] end))

-- Private state through closures, with class-like sharing.
local Account = {}
do
  local private = setmetatable({}, {__mode = "k"})
  Account.__index = Account
  function Account.new(n) local a = setmetatable({}, Account) private[a] = {balance = n, history = {}} return a end
  function Account:deposit(n)
    if n <= 0 then error("invalid amount", 2) end
    local p = private[self]
    p.balance = p.balance + n
    table.insert(p.history, n)
    return self
  end
  function Account:balance() return private[self].balance, #private[self].history end
end
local acc = Account.new(10):deposit(5):deposit(2.5)
print(acc:balance(), next(acc))
print(pcall(acc.deposit, acc, -1))
print(pcall(Account.balance, {}))

-- Enumerations and abstract methods.
local Shape = Object:extend "Shape"
function Shape:area() error("abstract method area of " .. self.name, 2) end
function Shape:report() return ("%s %.2f"):format(self.name, self:area()) end
local Square = Shape:extend "Square"
function Square:init(a) self.a = a end
function Square:area() return self.a ^ 2 end
local Odd = Shape:extend "Odd"
print(Square(3):report(), pcall(function() return Odd():report() end))
