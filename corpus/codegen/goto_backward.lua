-- Backward jumps: loops by hand, with and without variables to close.
local i = 1
::top::
if i <= 5 then
  io.write(i, " ")
  i = i + 1
  goto top
end
print()

-- A backward jump out of the scope of a captured local closes it.
local fns = {}
do
  local n = 0
  ::again::
  n = n + 1
  local captured = n * 10
  fns[n] = function() captured = captured + 1 return captured end
  if n < 3 then goto again end
end
print(fns[1](), fns[2](), fns[3](), fns[1]())

-- A backward jump from a nested block.
do
  local k = 0
  ::loop::
  do
    local inner = k
    fns[#fns + 1] = function() return inner end
    k = k + 1
    if k < 3 then
      local deeper = inner
      goto loop
    end
  end
end
print(fns[4](), fns[5](), fns[6]())

-- Loop with two entrances and three exits, as a state machine.
local function machine(input)
  local pos, out = 0, {}
  local c
  ::start::
  pos = pos + 1
  c = input:sub(pos, pos)
  if c == "" then goto finish end
  if c == "a" then goto state_a end
  if c == "b" then goto state_b end
  goto start
  ::state_a::
  out[#out + 1] = "A" .. pos
  pos = pos + 1
  c = input:sub(pos, pos)
  if c == "a" then goto state_a end
  if c == "b" then goto state_b end
  goto finish
  ::state_b::
  out[#out + 1] = "B"
  goto start
  ::finish::
  return table.concat(out, " ")
end
print(machine("xaabxbyab"), machine(""), machine("aaa"), machine("ax"))

-- Emulated repeat with nested function between label and jump.
do
  local acc = 0
  ::more::
  local function add(x) acc = acc + x return acc end
  if add(3) < 10 then goto more end
  print(acc)
end

-- Sieve with gotos only.
do
  local limit, p, sieve = 30, 2, {}
  ::next_prime::
  if p > limit then goto report end
  if sieve[p] then goto advance end
  do
    local m = p * p
    ::mark::
    if m <= limit then sieve[m] = true m = m + p goto mark end
  end
  io.write(p, " ")
  ::advance::
  p = p + 1
  goto next_prime
  ::report::
  print()
end
