-- Random experiments with fixed generators: pi, integrals, walks, shuffles, distributions, Markov text.
local LCG = {}
LCG.__index = LCG
function LCG.new(seed) return setmetatable({s = seed}, LCG) end
function LCG:next() self.s = self.s * 2862933555777941757 + 3037000493 return self.s >> 1 end
function LCG:float() return (self:next() >> 10) * 0x1p-53 end
function LCG:int(lo, hi) return lo + self:next() // 1024 % (hi - lo + 1) end

local PCG = {}
PCG.__index = PCG
function PCG.new(seed)
  local g = setmetatable({s = 0}, PCG)
  g:next()
  g.s = g.s + seed
  g:next()
  return g
end
function PCG:next()
  local old = self.s
  self.s = old * 6364136223846793005 + 1442695040888963407
  local x, rot = ((old >> 18 ~ old) >> 27) & 0xffffffff, old >> 59
  return (x >> rot | x << (-rot & 31)) & 0xffffffff
end
function PCG:float() return self:next() / 4294967296 end
function PCG:int(lo, hi)
  local n = hi - lo + 1
  local limit = 4294967296 - 4294967296 % n
  local v
  repeat v = self:next() until v < limit
  return lo + v % n
end

local gens = {lcg = LCG.new(1), pcg = PCG.new(42)}
local names = {"lcg", "pcg"}
for _, n in ipairs(names) do
  local g, t = gens[n], {}
  for i = 1, 5 do t[i] = g:int(1, 100) end
  print(n, table.concat(t, " "), ("%.9f"):format(g:float()))
end

for _, n in ipairs(names) do
  local g, inside, N = gens[n], 0, 20000
  for _ = 1, N do
    local x, y = g:float(), g:float()
    if x * x + y * y < 1 then inside = inside + 1 end
  end
  print(n .. " pi", 4 * inside / N, math.abs(4 * inside / N - math.pi) < 0.05)
end

-- Chi-square of dice, runs, and gaps.
for _, n in ipairs(names) do
  local g, faces, runs, last, N = gens[n], {0, 0, 0, 0, 0, 0}, 1, nil, 6000
  for _ = 1, N do
    local f = g:int(1, 6)
    faces[f] = faces[f] + 1
    if last and f < last then runs = runs + 1 end
    last = f
  end
  local chi = 0
  for _, c in ipairs(faces) do chi = chi + (c - N / 6) ^ 2 / (N / 6) end
  print(n .. " dice", table.concat(faces, " "), ("%.3f"):format(chi), runs)
end

-- Random walks: return to the origin, extent.
local g = gens.pcg
local returned, far = 0, 0
for _ = 1, 200 do
  local x, y, home = 0, 0, false
  for _ = 1, 100 do
    local d = g:int(0, 3)
    if d == 0 then x = x + 1 elseif d == 1 then x = x - 1 elseif d == 2 then y = y + 1 else y = y - 1 end
    home = home or x == 0 and y == 0
    far = math.max(far, math.abs(x) + math.abs(y))
  end
  if home then returned = returned + 1 end
end
print("walks", returned, far)

-- Shuffles: fixed points average one.
local fixed = 0
for _ = 1, 400 do
  local t = {}
  for i = 1, 20 do t[i] = i end
  for i = 20, 2, -1 do
    local j = g:int(1, i)
    t[i], t[j] = t[j], t[i]
  end
  for i = 1, 20 do if t[i] == i then fixed = fixed + 1 end end
end
print("fixed points", fixed / 400)

-- Normal distribution by the polar method, as a text histogram.
local bins, mean, m2, count = {}, 0.0, 0.0, 0
local function normal()
  while true do
    local u, v = 2 * g:float() - 1, 2 * g:float() - 1
    local s = u * u + v * v
    if s > 0 and s < 1 then
      local f = (-2 * math.log(s) / s) ^ 0.5
      return u * f, v * f
    end
  end
end
for _ = 1, 1500 do
  for _, v in ipairs {normal()} do
    count = count + 1
    local delta = v - mean
    mean = mean + delta / count
    m2 = m2 + delta * (v - mean)
    local b = math.max(-6, math.min(6, math.floor(v * 2 + 0.5)))
    bins[b] = (bins[b] or 0) + 1
  end
end
for b = -6, 6 do print(("%5.1f %4d %s"):format(b / 2, bins[b] or 0, ("#"):rep((bins[b] or 0) // 15))) end
print(("mean %.4f deviation %.4f"):format(mean, (m2 / (count - 1)) ^ 0.5))

-- Birthday coincidences, gambler's ruin, the three doors.
local hits = 0
for _ = 1, 500 do
  local seen, twice = {}, false
  for _ = 1, 23 do
    local d = g:int(1, 365)
    twice = twice or seen[d]
    seen[d] = true
  end
  if twice then hits = hits + 1 end
end
local ruined = 0
for _ = 1, 300 do
  local money = 5
  while money > 0 and money < 15 do money = money + (g:int(0, 1) == 1 and 1 or -1) end
  if money == 0 then ruined = ruined + 1 end
end
local switch, stay = 0, 0
for _ = 1, 1000 do
  local car, pick = g:int(1, 3), g:int(1, 3)
  local open
  repeat open = g:int(1, 3) until open ~= car and open ~= pick
  if pick == car then stay = stay + 1 end
  if 6 - pick - open == car then switch = switch + 1 end
end
print("birthdays", hits, "ruined", ruined, "stay", stay, "switch", switch, stay + switch)

-- A Markov chain over letters of a small text.
local text = "the sea the ship the shore and the seals that she sees there share the shells with the sheep "
local chain = {}
for i = 1, #text - 2 do
  local k = text:sub(i, i + 1)
  chain[k] = (chain[k] or "") .. text:sub(i + 2, i + 2)
end
local out = "th"
for _ = 1, 70 do
  local c = chain[out:sub(-2)]
  if not c then break end
  local i = g:int(1, #c)
  out = out .. c:sub(i, i)
end
print(out)
