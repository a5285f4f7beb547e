-- Constructors ending in calls and varargs, open or adjusted.
local function n(...) return ... end
local function none() end

print(#{n(1, 2, 3)}, #{n(1, 2, 3), 4}, #{(n(1, 2, 3))}, #{n(1, 2), n(3, 4)})
print(#{none()}, #{(none())}, #{none(), none()}, #{1, none()}, #{none(), 1})

local function packed(...)
  local all = {...}
  local first = {(...)}
  local pre = {"p", ...}
  local post = {..., "q"}
  local twice = {..., ...}
  local named = {..., n = select("#", ...)}
  return #all, #first, #pre, #post, #twice, #named, named.n
end
print(packed())
print(packed("a"))
print(packed("a", "b", "c"))

-- A hash field after the open item closes it to one value.
local t1 = {n(1, 2, 3), x = 5}
local t2 = {x = 5, n(1, 2, 3)}
local t3 = {[10] = n(1, 2, 3)}
print(#t1, #t2, t3[10], t3[11])

-- Method calls, string calls, nested constructors.
local obj = {list = function(self, k) return k, k + 1, self.last end, last = 99}
local t4 = {obj:list(7)}
local t5 = {0, obj:list(7), obj:list(20)}
print(#t4, t4[3], #t5, t5[2], t5[3], t5[5])
local t6 = {{n(1, 2)}, {{n(3, 4)}, n(5, 6)}}
print(#t6, #t6[1], #t6[2], #t6[2][1])

-- Many results.
local big = {table.unpack((function() local r = {} for i = 1, 300 do r[i] = i end return r end)())}
print(#big, big[1], big[300])
local pre = {"x", table.unpack(big)}
print(#pre, pre[301])

-- nils inside an open list.
local holes = table.pack(n(nil, 2, nil))
print(holes.n, holes[1], holes[2], holes[3])
print(select("#", table.unpack({n(nil, nil, 3)}, 1, 3)))

-- The constructor as open argument itself.
print(#n({1, 2}), select("#", n({}, {}, {})))
