-- goto as continue, in every loop, with and without captured variables.
local odd = {}
for i = 1, 9 do
  if i % 2 == 0 then goto continue end
  odd[#odd + 1] = i
  ::continue::
end
print(table.concat(odd, " "))

local i = 0
while i < 10 do
  i = i + 1
  if i % 3 ~= 0 then goto continue end
  io.write(i, " ")
  ::continue::
end
print()

repeat
  i = i - 1
  if i > 5 then goto continue end
  io.write(i, " ")
  ::continue::
until i == 0
print()

for _, w in ipairs {"keep", "skip", "keep too"} do
  if w == "skip" then goto continue end
  io.write(w, ";")
  ::continue::
end
print()

-- A label at the very end may be jumped to past local declarations.
for k = 1, 4 do
  if k == 2 then goto done end
  local v = k * k
  local w <const> = v + 1
  io.write(v, ",", w, " ")
  ::done::
end
print()
for k = 1, 4 do
  if k == 3 then goto done end
  local v = k
  io.write(v, " ")
  ::done:: ; ::also_done:: ;
end
print()

-- With captured locals the jump must close them.
local fns = {}
for k = 1, 4 do
  local v = k
  fns[#fns + 1] = function() v = v + 1 return v end
  if k % 2 == 0 then goto next end
  v = v * 100
  ::next::
end
for _, f in ipairs(fns) do io.write(f(), " ") end
print()

-- Continue the outer loop from the inner one.
for a = 1, 3 do
  for b = 1, 3 do
    if a * b == 4 then goto next_a end
    io.write(a, b, " ")
  end
  ::next_a::
end
print()

-- Redo: jump back to the start of the body.
local tries = 0
for k = 1, 2 do
  ::redo::
  tries = tries + 1
  if tries % 3 ~= 0 then goto redo end
  io.write(k, ":", tries, " ")
end
print()
