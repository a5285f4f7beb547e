-- records and strings in order: sorting by several keys, binary search, merging, comparing strings
local N = tonumber((...)) or 70
local seed = 77
local function random(n) seed = (seed * 16807) % 2147483647; return seed % n + 1 end
local first = { "Ada", "Bob", "Cleo", "Dan", "Eve", "Finn", "Gus", "Hana", "Ida", "Jon" }
local last = { "Ash", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Ginkgo", "Hazel" }
local function by(...)
  local keys = { ... }
  return function(a, b)
    for i = 1, #keys do
      local k = keys[i]
      local x, y = a[k], b[k]
      if x ~= y then return x < y end
    end
    return a.id < b.id
  end
end
local function merge_sort(list, less)
  local n, from, to, width = #list, list, {}, 1
  while width < n do
    for left = 1, n, 2 * width do
      local middle, right = math.min(left + width, n + 1), math.min(left + 2 * width, n + 1)
      local i, j = left, middle
      for k = left, right - 1 do
        if i < middle and (j >= right or not less(from[j], from[i])) then to[k] = from[i]; i = i + 1
        else to[k] = from[j]; j = j + 1 end
      end
    end
    from, to = to, from
    width = width * 2
  end
  return from
end
local function search(list, key, name)
  local low, high = 1, #list
  while low <= high do
    local middle = (low + high) // 2
    local v = list[middle][key]
    if v < name then low = middle + 1 elseif v > name then high = middle - 1 else return middle end
  end
  return -low
end
local function insertion_sort(words)
  for i = 2, #words do
    local w, j = words[i], i - 1
    while j > 0 and words[j] > w do
      words[j + 1] = words[j]
      j = j - 1
    end
    words[j + 1] = w
  end
end
local sum = 0
for r = 1, N do
  local people = {}
  for i = 1, 1500 do
    people[i] = { id = i, first = first[random(#first)], last = last[random(#last)], age = random(80), city = "city" .. random(200) }
  end
  table.sort(people, by("last", "first", "age"))
  sum = sum + people[1].id + people[750].id * 3
  table.sort(people, by("city"))
  local found = search(people, "city", "city100")
  sum = sum + (found > 0 and 1 or 2)
  people = merge_sort(people, by("age", "last"))
  sum = sum + people[10].id * 7
  for i = 2, #people do assert(people[i - 1].age <= people[i].age) end
  local words = {}
  for i = 1, 250 do words[i] = people[i].first .. " " .. people[i].last .. " " .. people[i].age end
  insertion_sort(words)
  for i = 2, #words do
    if words[i - 1] == words[i] then sum = sum + 1 elseif words[i - 1] <= words[i] then sum = sum + 2 end
  end
  -- quicksort by swaps of two elements at once
  local list = {}
  for i = 1, 3000 do list[i] = random(100000) end
  local function quick(a, b)
    if a >= b then return end
    local pivot, i, j = list[(a + b) // 2], a, b
    while i <= j do
      while list[i] < pivot do i = i + 1 end
      while list[j] > pivot do j = j - 1 end
      if i <= j then
        list[i], list[j] = list[j], list[i]
        i, j = i + 1, j - 1
      end
    end
    quick(a, j)
    return quick(i, b)
  end
  quick(1, #list)
  sum = sum + list[1] + list[1500]
end
print(sum)
