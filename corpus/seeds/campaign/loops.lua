-- Loops of every kind in one another, left by every door.
local t = { 5, 6, 7, x = object }
for i = 1, 3 do
  for j = i, 1, -1 do
    if j == 2 then goto next_i end
    local captured = j
    handler(function(v) captured = v end)
    while captured do
      captured = nil
      if object then break end
    end
  end
  ::next_i::
end
for k, v in pairs(t) do
  local a <close> = object
  for _, w in ipairs(t) do
    if w == v then return k, w end
    t[k] = function() k, w = w, k; return v end
  end
end
repeat local done = t[1]; t[1] = nil; handler(function() return done end) until not done
do
  local n = 0
  ::again::
  local x = n
  handler(function(v) x, n = v, 1 end)
  n = n + 1
  if n < 3 then goto again end
end
for x = 0.0, 1.0, 0.25 do t[x] = function(v) x = v end end
for i = "1", 2 do t[i] = i end
return next, t, nil, ...
