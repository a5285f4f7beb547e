-- a large live heap of records, strings and arrays, in which a little changes while much garbage is made
local N = tonumber((...)) or 40
local seed = 11
local function random(n) seed = (seed * 16807) % 2147483647; return seed % n + 1 end
local function document(i)
  return { id = i, title = "document " .. i, words = { i, i + 1, i + 2, i + 3 }, links = {}, meta = { hits = 0, created = i * 1.5 } }
end
local store, by_title = {}, {}
local size = 1000 * math.min(N, 60)
for i = 1, size do
  local d = document(i)
  store[i] = d
  by_title[d.title] = d
end
for i = 1, size do
  local links = store[i].links
  for k = 1, 3 do links[k] = store[random(size)] end
end
local next_id, sum = size, 0
for r = 1, N do
  for _ = 1, 2500 do
    -- a walk makes garbage
    local path, at = {}, store[random(size)]
    for k = 1, 6 do
      path[k] = { from = at.id, text = at.title .. "#" .. k }
      at.meta.hits = at.meta.hits + 1
      at = at.links[k % 3 + 1]
    end
    sum = (sum + path[6].from + #path[3].text) % 1000003
  end
  for _ = 1, 150 do
    -- an old document is replaced by a new one that refers to others
    local i = random(size)
    local old = store[i]
    by_title[old.title] = nil
    next_id = next_id + 1
    local new = document(next_id)
    for k = 1, 3 do new.links[k] = old.links[k] end
    store[i] = new
    by_title[new.title] = new
  end
end
local hits = 0
for i = 1, size do hits = hits + store[i].meta.hits end
assert(collectgarbage("count") > size / 10)
print(sum, hits, by_title["document " .. next_id].id)
