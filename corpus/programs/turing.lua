-- Turing machines from textual tables, with tape rendering and halting limits.
local function machine(text)
  local m = {rules = {}, start = nil}
  for state, read, write, move, target in text:gmatch("(%w+)%s+(%S)%s+(%S)%s+([LRN])%s+(%w+)") do
    m.start = m.start or state
    m.rules[state .. read] = {write = write, move = move, target = target}
  end
  return m
end

local Tape = {}
Tape.__index = function(t, k) return Tape[k] or (math.type(k) == "integer" and "_" or nil) end
function Tape.new(s)
  local t = setmetatable({low = 1, high = #s}, Tape)
  for i = 1, #s do t[i] = s:sub(i, i) end
  return t
end
Tape.__tostring = function(t)
  local out = {}
  for i = t.low, t.high do out[#out + 1] = t[i] end
  return (table.concat(out):gsub("^_+", ""):gsub("_+$", ""))
end

local function run(m, input, limit)
  local tape, pos, state, steps = Tape.new(input), 1, m.start, 0
  while state ~= "halt" do
    if steps >= limit then return nil, "no halt after " .. limit, tape end
    local rule = m.rules[state .. tape[pos]]
    if not rule then return nil, ("stuck in %s on %s after %d"):format(state, tape[pos], steps), tape end
    tape[pos] = rule.write
    if pos < tape.low then tape.low = pos elseif pos > tape.high then tape.high = pos end
    if rule.move == "L" then pos = pos - 1 elseif rule.move == "R" then pos = pos + 1 end
    state = rule.target
    steps = steps + 1
  end
  return tape, steps
end

local machines = {
  increment = machine [[
    right 0 0 R right
    right 1 1 R right
    right _ _ L carry
    carry 1 0 L carry
    carry 0 1 N halt
    carry _ 1 N halt ]],
  palindrome = machine [[
    start a _ R skipa
    start b _ R skipb
    start _ Y N halt
    skipa a a R skipa
    skipa b b R skipa
    skipa _ _ L wanta
    skipb a a R skipb
    skipb b b R skipb
    skipb _ _ L wantb
    wanta a _ L back
    wanta b N N halt
    wanta _ Y N halt
    wantb b _ L back
    wantb a N N halt
    wantb _ Y N halt
    back a a L back
    back b b L back
    back _ _ R start ]],
  unary_add = machine [[
    seek 1 1 R seek
    seek + 1 R last
    last 1 1 R last
    last _ _ L drop
    drop 1 _ N halt ]],
  beaver3 = machine "A _ 1 R B  A 1 1 R halt  B _ _ R C  B 1 1 R B  C _ 1 L C  C 1 1 L A",
  beaver4 = machine "A _ 1 R B  A 1 1 L B  B _ 1 L A  B 1 _ L C  C _ 1 R halt  C 1 1 L D  D _ 1 R D  D 1 _ R A",
  forever = machine "A _ 1 R A",
}

local function show(name, input, limit)
  local tape, steps, partial = run(machines[name], input, limit or 5000)
  local text = tostring(tape or partial)
  if #text > 30 then text = text:sub(1, 12) .. "..(" .. #text .. ")" end
  print(("%-11s %-10s %-20s %s"):format(name, input == "" and "-" or input, text, steps))
end

for _, n in ipairs {"0", "1", "1011", "111111"} do show("increment", n) end
for _, w in ipairs {"", "a", "ab", "abba", "abbba", "abab", "bbbbabbbb"} do show("palindrome", w) end
show("unary_add", "111+11")
show("unary_add", "+1")
show("unary_add", "11")
show("beaver3", "")
show("beaver4", "")
show("forever", "", 100)
show("increment", "10x1")

-- Count the ones left by the busy beavers.
for _, name in ipairs {"beaver3", "beaver4"} do
  local tape, steps = run(machines[name], "", 1000)
  local ones = 0
  for i = tape.low, tape.high do if tape[i] == "1" then ones = ones + 1 end end
  print(name, ones, steps, tape.low, tape.high)
end

-- Check the incrementer against arithmetic for all numbers of up to seven bits.
local function binary(n)
  local s = ""
  repeat s = (n & 1) .. s n = n >> 1 until n == 0
  return s
end
local wrong = 0
for n = 0, 127 do
  if tostring(run(machines.increment, binary(n), 100)) ~= binary(n + 1) then wrong = wrong + 1 end
end
print("wrong increments", wrong)
