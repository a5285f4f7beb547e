-- Escape-time fractals and other plots in characters.
local palette = " .:-=+*#%@"
local function escape(cr, ci, limit)
  local zr, zi = 0.0, 0.0
  for n = 0, limit - 1 do
    local r2, i2 = zr * zr, zi * zi
    if r2 + i2 > 4 then return n end
    zr, zi = r2 - i2 + cr, 2 * zr * zi + ci
  end
  return limit
end

local inside = 0
for y = 0, 20 do
  local row = {}
  for x = 0, 63 do
    local n = escape(-2.25 + x * 3 / 64, -1.25 + y * 0.125, 60)
    if n == 60 then inside = inside + 1 end
    local c = n == 60 and 10 or 1 + n * 9 // 60
    row[#row + 1] = palette:sub(c, c)
  end
  print((table.concat(row):gsub("%s+$", "")))
end
print("inside", inside)

-- Symmetry about the real axis, exactly.
local asym = 0
for y = 1, 10 do
  for x = -20, 10 do
    if escape(x / 10, y / 8, 40) ~= escape(x / 10, -y / 8, 40) then asym = asym + 1 end
  end
end
print("asymmetric points", asym)

-- Julia set with the iteration as a closure per parameter.
local function julia(cr, ci)
  return function(zr, zi)
    local n = 0
    while zr * zr + zi * zi <= 4 and n < 40 do
      zr, zi = zr * zr - zi * zi + cr, 2 * zr * zi + ci
      n = n + 1
    end
    return n
  end
end
local j = julia(-0.75, 0.125)
for y = -6, 6 do
  local row = {}
  for x = -24, 24 do
    local n = j(x / 16, y / 6)
    row[#row + 1] = n == 40 and "#" or n > 12 and "+" or n > 6 and "." or " "
  end
  print((table.concat(row):gsub("%s+$", "")))
end

-- Sierpinski triangle from bits, Cantor set, dragon curve turns, Koch lengths.
for y = 0, 7 do
  local row = {}
  for x = 0, 7 do row[#row + 1] = (x & y == 0) and "*" or " " end
  print((" "):rep(7 - y) .. (table.concat(row, " "):gsub("%s+$", "")))
end
local line = ("#"):rep(27)
while line:find("###") do
  print(line)
  line = line:gsub("#+", function(run)
    local k = #run // 3
    return k > 0 and ("#"):rep(k) .. (" "):rep(k) .. ("#"):rep(k) or run
  end)
end
print(line)

local turns = ""
for _ = 1, 5 do
  turns = turns .. "R" .. turns:reverse():gsub(".", {R = "L", L = "R"})
end
print(turns)
local x, y, dx, dy, min_x, max_x, min_y, max_y = 0, 0, 1, 0, 0, 0, 0, 0
local seen = {["0,0"] = true}
for t in ("F" .. turns):gmatch "." do
  if t == "R" then dx, dy = dy, -dx elseif t == "L" then dx, dy = -dy, dx end
  x, y = x + dx, y + dy
  seen[x .. "," .. y] = true
  min_x, max_x, min_y, max_y = math.min(min_x, x), math.max(max_x, x), math.min(min_y, y), math.max(max_y, y)
end
for py = max_y, min_y, -1 do
  local row = {}
  for px = min_x, max_x do row[#row + 1] = seen[px .. "," .. py] and "o" or "." end
  print(table.concat(row))
end
for n = 0, 4 do io.write(("%.4f "):format((4 / 3) ^ n)) end
print()
