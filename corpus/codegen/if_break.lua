-- "if cond then break" jumps straight out of the loop; variants that cannot.
local function first_over(t, limit)
  local found
  for i = 1, #t do
    found = t[i]
    if found > limit then break end
  end
  return found
end
print(first_over({1, 5, 9, 20}, 6), first_over({1, 2}, 6))

local n = 0
while true do
  n = n + 1
  if n == 7 then break end
  if n > 100 then break else n = n + 1 end
end
print(n)

repeat
  n = n - 1
  if n < 5 then break; end
  if n == 3 then break;;; end
until false
print(n)

-- break followed by further statements in the arm is not legal, but an elseif is.
local path = {}
for i = 1, 10 do
  if i == 2 then path[#path + 1] = "two"
  elseif i == 5 then break
  elseif i == 3 then path[#path + 1] = "three"
  else path[#path + 1] = i end
end
print(table.concat(path, " "))

for i = 1, 10 do
  if i > 3 then break else path[i] = i * i end
end
print(table.concat(path, " "))

-- Conditions of all forms in front of break.
local function count(stop)
  local k = 0
  while true do
    k = k + 1
    if stop(k) then break end
    if not (k < 50) then break end
    if k == 40 and stop or k == nil then break end
  end
  return k
end
print(count(function(k) return k % 7 == 0 end), count(function() return nil end))

-- break out of a loop with captured variables must close them.
local fs = {}
for i = 1, 5 do
  local v = i * 10
  fs[i] = function() v = v + 1 return v end
  if i == 3 then break end
end
print(#fs, fs[1](), fs[3](), fs[3](), fs[2]())

while true do
  local w = "captured"
  fs[#fs + 1] = function() return w end
  if #w > 3 then break end
end
print(fs[#fs]())

-- Inner break leaves the inner loop only.
local pairs_seen = {}
for i = 1, 3 do
  for j = 1, 3 do
    if j > i then break end
    pairs_seen[#pairs_seen + 1] = i .. j
  end
  if i == 2 then break end
end
print(table.concat(pairs_seen, " "))
-- goto as conditional exit, for comparison.
for i = 1, 10 do
  if i * i > 30 then n = i goto out end
end
::out::
print(n)
