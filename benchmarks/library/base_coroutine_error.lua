-- errors out of coroutines
local N = tonumber((...)) or 7400
local sum = 0
local create, resume = coroutine.create, coroutine.resume
local function f() error("bad", 0) end
for _ = 1, N do
  for i = 1, 100 do local _, e = resume(create(f)); sum = sum + #e end
end
print(sum)
