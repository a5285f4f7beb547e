-- EQK: equality with constants that are no small numbers, in both polarities.
local function kind(v)
  if v == "one" then return 1
  elseif "two" == v then return 2
  elseif v == 300 then return 3
  elseif -400.5 == v then return 4
  elseif v == true then return 5
  elseif v == false then return 6
  elseif v == nil then return 7
  elseif v == "a string constant that has got more than forty characters in it" then return 8
  elseif v == "" then return 9
  end
  return 0
end
local long = "a string constant that has got more than forty " .. "characters in it"
print(kind "one", kind "two", kind(300), kind(300.0), kind(-400.5), kind(true), kind(false))
print(kind(nil), kind(long), kind "", kind {}, kind "o", kind(301))

local function differs(v)
  local n = 0
  if v ~= "one" then n = n + 1 end
  if "two" ~= v then n = n + 2 end
  if v ~= 300 then n = n + 4 end
  if v ~= nil then n = n + 8 end
  if not (v == true) then n = n + 16 end
  if not (v ~= false) then n = n + 32 end
  return n
end
print(differs "one", differs "two", differs(300), differs(nil), differs(true), differs(false))

-- Values rather than jumps.
local x, s = 1000, "text"
local a, b, c = x == 1000, s == "text", s ~= "other"
local d, e, f = 1000 == x, "text" ~= s, nil == x
print(a, b, c, d, e, f)
print(x == 1000 and "and" or "or", s == "no" and "and" or "or")

-- Integer and float constants of equal value.
print(x == 1000.0, 1000.0 == x, x + 0.0 == 1000, 2^53 == 9007199254740992, 2^53 == 9007199254740993)

-- Two constants: one goes to a register.
print("a" == "a", "a" == "b", 1000 == 1000, 1000 == 1000.0, "1000" == 1000, nil == nil, true == true)
print(1000 ~= 1001, "a" ~= "a", nil ~= false)

-- __eq is not consulted for constants, nor for different types.
local called = 0
local t = setmetatable({}, {__eq = function() called = called + 1 return true end})
local u = setmetatable({}, getmetatable(t))
print(t == "one", t == 300, t == nil, t ~= true, called, t == u, called, t ~= u, called)

local K <const>, N <const> = "konst", nil
print(s == K, K == "konst", s == N, x ~= N)
