-- SELF with constant and register keys, on every kind of receiver.
local obj = {n = 1}
function obj:inc(by) self.n = self.n + (by or 1) return self end
function obj:get() return self.n end
print(obj:inc():inc(5):inc(-2):get())

-- The receiver is an upvalue, a global, a field, a call, an index, a parenthesised value.
glob = obj
local box = {inner = {obj}}
local function same(o) return o end
local function uses()
  return obj:get(), glob:get(), box.inner[1]:get(), same(obj):get(), (obj):get()
end
print(uses())

-- String receivers.
print(("x"):rep(3), ("%d-%s"):format(7, "seven"), ("a,b"):find(",", 1, true))
local s = "method"
print(s:upper():lower():sub(2, -2):len(), #s:rep(3, "-"))

-- Arguments in all three syntactic forms.
function obj:echo(...) return select("#", ...), (...) end
print(obj:echo "lit", obj:echo {1}, obj:echo(), obj:echo(nil, nil))
print(obj:echo [[long
literal]])

-- A method name longer than forty bytes lives in a register.
function obj:a_method_name_that_is_so_long_that_it_is_no_short_string(x)
  return self.n .. ":" .. x
end
print(obj:a_method_name_that_is_so_long_that_it_is_no_short_string("arg"))
local function viaup(x)
  return obj:a_method_name_that_is_so_long_that_it_is_no_short_string(x)
end
print(viaup("up"))

-- The key is found by __index; the receiver stays the original object.
local proxy = setmetatable({n = 100}, {__index = obj})
print(proxy:get(), proxy:inc():get(), obj:get())

-- The receiver expression is evaluated once.
local calls = 0
local function fetch() calls = calls + 1 return obj end
fetch():inc()
local _ = fetch():get() + fetch():get()
print(calls)

-- Errors name the method.
print(pcall(function() return obj:nope() end))
print(pcall(function() local nothing; return nothing:m() end))
print(pcall(function() return (5):m() end))
