-- Which functions give NaN, and with which sign.
local vals = {2, 10, -2, 0/0, -(0/0), math.huge, -math.huge, -1, 0.5, 0.0, -0.0}
for _, n in ipairs{"sqrt", "log", "sin", "cos", "tan", "exp", "atan", "fmod", "cosh", "sinh", "tanh", "ceil", "floor", "abs"} do
  local f = math[n]
  local t = {}
  for _, v in ipairs(vals) do
    local ok, r = pcall(f, v)
    t[#t+1] = tostring(r)
    for _, w in ipairs(vals) do local ok, r = pcall(f, v, w) t[#t+1] = ok and tostring(r) or "E" end
  end
  print(n, table.concat(t, " "))
end
for _, v in ipairs(vals) do for _, w in ipairs(vals) do io.write(tostring(v ^ w), " ", tostring(v % w), " ", tostring(v // w), " ", tostring(v - w), " ", tostring(v*w), " ") end print() end
print(tonumber("nan"), 0/0, -(0/0), math.huge - math.huge, string.format("%f %g %a", 0/0, -(0/0), 0/0))
