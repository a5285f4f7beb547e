-- if/elseif/else in all shapes: empty arms, constant conditions, nested, long chains.
local function grade(n)
  if n >= 90 then return "A"
  elseif n >= 80 then return "B"
  elseif n >= 70 then return "C"
  elseif n >= 60 then return "D"
  else return "F" end
end
for n = 100, 50, -10 do io.write(grade(n), " ") end
print()

-- Empty arms.
local hits = {}
local function empties(x)
  if x then end
  if x then else hits[#hits + 1] = "else" end
  if not x then elseif x == 1 then hits[#hits + 1] = "one" else end
  if x then ; end
end
empties(nil) empties(1) empties(2)
print(table.concat(hits, " "))

-- Constant conditions.
if true then print "true" end
if false then print "never" else print "false" end
if nil then print "never" elseif 1 then print "one" else print "never" end
if "" then print "empty string is true" end
if not nil then print "not nil" end
local DEBUG <const> = false
if DEBUG then print "never" end
local LEVEL <const> = 3
if LEVEL > 2 then print "level" end

-- Nested with shared exits.
local function classify(a, b)
  local r = ""
  if a then
    if b then
      r = "both"
    else
      r = "a"
    end
  else
    if b then r = "b" else r = "none" end
  end
  if a and b or not a and not b then r = r .. "=" end
  return r
end
print(classify(1, 1), classify(1), classify(nil, 1), classify())

-- Conditions with calls, side effects in order.
local order = {}
local function c(name, v) order[#order + 1] = name return v end
if c("1", false) or c("2", nil) then print "no"
elseif c("3", 1) and c("4", false) then print "no"
elseif not c("5", false) and (c("6") or c("7", 7)) then print "yes"
end
print(table.concat(order, ","))

-- Locals of arms do not leak; return inside arms.
local function scoped(k)
  if k == 1 then local v = "one" return v
  elseif k == 2 then local v, w = "two", "TWO" return w
  else local u = "other" k = u end
  return k
end
print(scoped(1), scoped(2), scoped(3))
