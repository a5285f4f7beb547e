-- Ends in an error raised inside code loaded at run time under its own name.
local registry, order = {}, {}
local function define(name, source)
  local env = setmetatable({}, {__index = function(_, k)
    if k == "import" then
      return function(other)
        local m = registry[other]
        if not m then error("module '" .. other .. "' is not defined", 2) end
        if not m.exports then
          if m.loading then error("modules '" .. other .. "' and '" .. name .. "' need each other", 2) end
          m.loading = true
          m.exports = m.chunk(other) or m.env
          m.loading = false
          order[#order + 1] = other
        end
        return m.exports
      end
    end
    return _G[k]
  end})
  local chunk, e = load(source, "@modules/" .. name .. ".lua", "t", env)
  if not chunk then return nil, e end
  registry[name] = {chunk = chunk, env = env}
  return true
end

print(define("geometry", [[
local M = {name = ...}
function M.area(w, h) return w * h end
function M.volume(w, h, d)
  return M.area(w, h) * d
end
return M
]]))
print(define("prices", [[
local geo = import "geometry"
rate = 3
function cost(w, h, d)
  return geo.volume(w, h, d) * rate
end
]]))
print(define("broken syntax", "local x = = 1"))
print(define("left", "import 'right'"))
print(define("right", "import 'left'"))
print(define("needy", "\n\nimport 'absent'"))
print(define("main", [[
local prices = import "prices"
local total = 0
for _, box in ipairs {{1, 2, 3}, {2, 2, 2}, {4, 5}} do
  total = total + prices.cost(table.unpack(box))
end
return total
]]))

local top = registry.needy.env.import
print(pcall(registry.left.chunk))
print(pcall(registry.needy.chunk))
print(pcall(top, "absent"))
print(top "geometry".name, top "prices".cost(1, 1, 1), rate, table.concat(order, " "))
print(rawget(registry.prices.env, "rate"), rawget(registry.geometry.env, "M"))
registry.prices.env.rate = 10
print(top "prices".cost(1, 1, 1))
-- A library function reached through the module's environment.
print(define("text", "return {shout = function(s) return (s:upper():gsub('%s+', ' ')) .. '!' end}"))
print(top "text".shout("from   a module"))
print(table.concat(order, " "))
local result = top "main"
print("not reached", result)
