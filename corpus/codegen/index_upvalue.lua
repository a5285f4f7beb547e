-- Fields of tables held in upvalues: direct access only for short constant string keys.
local conf = {width = 80, height = 24, [1] = "one", [true] = "t"}
local key = "height"

local function reads()
  return conf.width, conf["height"], conf[1], conf[key], conf[true]
end
print(reads())

local function writes(v)
  conf.width = v
  conf.depth = 3
  conf["title"] = "constant"
  conf.nothing = nil
  conf[1] = v
  conf[key] = v * 2
  conf.this_key_is_much_longer_than_the_limit_for_short_strings = "long"
  return conf.this_key_is_much_longer_than_the_limit_for_short_strings
end
print(writes(7))
print(reads())
print(conf.depth, conf.title, conf.nothing)

-- Methods and nested fields through an upvalue.
conf.child = {name = "kid", greet = function(self, w) return w .. " " .. self.name end}
local function nested()
  conf.child.age = 5
  conf.child.age = conf.child.age + 1
  return conf.child.name, conf.child.age, conf.child:greet("hello")
end
print(nested())

-- Arithmetic and calls directly over upvalue fields.
local function area() return conf.width * conf.height, conf.width - 1, -conf.depth, #conf.title end
print(area())

-- An upvalue of an upvalue.
local function level1()
  return function()
    return function()
      conf.depth = conf.depth + 1
      return conf.depth
    end
  end
end
print(level1()()())

-- Global functions through _ENV, the most common upvalue table.
local function lib() return math.max(1, 2), string.rep("ab", 2), table.concat({1, 2}, "-") end
print(lib())

-- Replacing the table in the upvalue itself.
local function replace() conf = {width = 1, height = 2, [1] = 3} end
replace()
print(reads())
