-- coroutine.close, with a variable to be closed
local N = tonumber((...)) or 6800
local sum = 0
local create, resume, close, yield = coroutine.create, coroutine.resume, coroutine.close, coroutine.yield
local guard = setmetatable({}, { __close = function() end })
local function f() local x <close> = guard; yield(1) end
for _ = 1, N do
  for i = 1, 100 do local co = create(f); resume(co); if close(co) then sum = sum + 1 end end
end
print(sum)
