-- Leaves through os.exit with a status of its own, from inside nested calls and a coroutine, closing the state:
-- pending to-be-closed variables of the main chunk are closed, finalizers run, buffers are flushed.
local log = {}
local Job = {}
Job.__index = Job
function Job.new(name, need, run) return setmetatable({name = name, need = need, run = run, state = "new"}, Job) end
function Job:__tostring() return self.name .. ":" .. self.state end

local Plan = {jobs = {}, order = {}}
function Plan:add(name, need, run)
  local list = {}
  for n in need:gmatch "%w+" do list[#list + 1] = n end
  self.jobs[name] = Job.new(name, list, run)
  self.order[#self.order + 1] = name
  return self
end
function Plan:build(name, stack)
  local job = self.jobs[name] or error("no job '" .. name .. "'", 0)
  if job.state == "done" then return job end
  if job.state == "running" then
    stack[#stack + 1] = name
    error("cycle: " .. table.concat(stack, " > "), 0)
  end
  job.state = "running"
  stack[#stack + 1] = name
  for _, n in ipairs(job.need) do self:build(n, stack) end
  stack[#stack] = nil
  local ok, e = pcall(job.run, job)
  job.state = ok and "done" or "failed"
  log[#log + 1] = name .. (ok and "" or "!")
  if not ok then error(name .. ": " .. tostring(e), 0) end
  return job
end
function Plan:reset() for _, j in pairs(self.jobs) do j.state = "new" end log = {} end

Plan:add("fetch", "", function(j) j.size = 10 end)
  :add("unpack", "fetch", function(j) j.files = Plan.jobs.fetch.size * 2 end)
  :add("compile", "unpack config", function(j) j.objects = Plan.jobs.unpack.files // 3 end)
  :add("config", "", function() end)
  :add("link", "compile", function(j) if Plan.jobs.compile.objects < 7 then error("too few objects", 0) end end)
  :add("a", "b", function() end)
  :add("b", "c", function() end)
  :add("c", "a", function() end)
  :add("orphan", "missing", function() end)

for _, target in ipairs {"compile", "link", "a", "orphan", "config"} do
  local ok, e = pcall(Plan.build, Plan, target, {})
  print(target, ok, ok and tostring(e) or e, table.concat(log, " "))
  Plan:reset()
end

GLOBAL_GUARD = setmetatable({}, {__gc = function() print "finalizer at exit" end})
local outer <close> = setmetatable({}, {__close = function() print "main variable closed" end})
local function leave(code)
  local inner <close> = setmetatable({}, {__close = function() print "inner variable closed" end})
  io.write("leaving with ", tostring(code), "; no newline follows yet")
  io.write("\n")
  os.exit(code, true)
end
local co = coroutine.wrap(function()
  local pending <close> = setmetatable({}, {__close = function() print "in the coroutine" end})
  pcall(leave, 7)
  print "pcall does not catch it"
end)
co()
print "never"
