-- Ends in an uncaught error whose value is an object with __tostring: no traceback, its text is the message.
local ValidationError = {}
ValidationError.__index = ValidationError
ValidationError.__tostring = function(e)
  local lines = {("%d problems in %s"):format(#e.problems, e.subject)}
  for i, p in ipairs(e.problems) do lines[#lines + 1] = ("  %d. %s"):format(i, p) end
  return table.concat(lines, "\n")
end
local function validator(subject)
  local self = setmetatable({subject = subject, problems = {}}, ValidationError)
  function self.check(ok, fmt, ...)
    if not ok then self.problems[#self.problems + 1] = fmt:format(...) end
    return ok
  end
  function self.finish()
    if #self.problems > 0 then error(self, 0) end
    return subject .. " is fine"
  end
  return self
end

local schema = {
  name = {type = "string", pattern = "^%a[%a ]+$", max = 20},
  age = {type = "integer", min = 0, max = 150},
  mail = {type = "string", pattern = "^[^@%s]+@[%w%.]+$", optional = true},
}
local function validate(subject, record)
  local v = validator(subject)
  local fields = {}
  for f in pairs(schema) do fields[#fields + 1] = f end
  table.sort(fields)
  for _, f in ipairs(fields) do
    local rule, value = schema[f], record[f]
    local kind = math.type(value) or type(value)
    if value == nil then
      v.check(rule.optional, "%s is missing", f)
    elseif v.check(kind == rule.type, "%s must be a %s, not a %s", f, rule.type, kind) then
      if rule.pattern then v.check(value:find(rule.pattern), "%s %q is malformed", f, value) end
      local size = kind == "string" and #value or value
      if rule.min then v.check(size >= rule.min, "%s is below %d", f, rule.min) end
      if rule.max then v.check(size <= rule.max, "%s is above %d", f, rule.max) end
    end
  end
  local extra = {}
  for f in pairs(record) do if not schema[f] then extra[#extra + 1] = f end end
  table.sort(extra)
  v.check(#extra == 0, "unknown: %s", table.concat(extra, ", "))
  return v.finish()
end

print(validate("Ann", {name = "Ann Able", age = 41, mail = "ann@example.org"}))
print(validate("Bob", {name = "Bob Baker", age = 0}))
local ok, e = pcall(validate, "Cy", {name = "C", age = 1.5})
print(ok, getmetatable(e) == ValidationError, #e.problems)
print(tostring(e))
validate("Dee", {name = ("d"):rep(30), age = -1, mail = "not an address", shoe = 43, hat = 7})
