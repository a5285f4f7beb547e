-- Every library function with arguments of every kind: results and errors.
local values = {nil, 1, 1.5, "x", "10", {}, type}
local N = 7
local skip = {["os.exit"]=1, ["debug.debug"]=1, ["io.read"]=1, ["io.lines"]=1, ["os.tmpname"]=1, ["os.time"]=1, ["os.clock"]=1, ["io.tmpfile"]=1, ["math.random"]=1,["math.randomseed"]=1, ["debug.sethook"]=1, ["dofile"]=1, ["io.close"]=1, ["os.getenv"]=1, ["io.output"]=1, ["io.input"]=1, ["collectgarbage"]=1, ["debug.setmetatable"]=1, ["debug.traceback"]=1, ["warn"]=1, ["print"]=1, ["io.write"]=1, ["os.execute"]=1, ["io.popen"]=1, ["os.remove"]=1, ["os.date"]=1,["loadfile"]=1, ["coroutine.running"]=1, ["debug.getregistry"]=1, ["coroutine.wrap"]=1, ["coroutine.resume"]=1,["coroutine.close"]=1, ["debug.setuservalue"]=1, ["debug.getinfo"]=1, ["os.rename"]=1, ["next"]=1, ["io.open"]=1, ["coroutine.yield"]=1, ["debug.upvalueid"]=1, ["package.loadlib"]=1, ["debug.getlocal"]=1, ["debug.setlocal"]=1, ["pairs"]=1, ["tostring"]=1, ["os.setlocale"]=1, ["pcall"]=1, ["select"]=1, ["math.deg"]=1}
local libs = {"_G", "string", "table", "math", "utf8", "coroutine", "debug", "os", "io", "package"}
local function show(v) if type(v) == "string" then return string.format("%q", v) elseif type(v) == "number" or v == nil or type(v)=="boolean" then return tostring(v) else return type(v) end end
for _, l in ipairs(libs) do
  local names = {}
  for k, v in pairs(_G[l]) do if type(v) == "function" then names[#names + 1] = k end end
  table.sort(names)
  for _, n in ipairs(names) do
    local full = (l == "_G" and "" or l .. ".") .. n
    if not skip[full] then
      local f = _G[l][n]
      local function run(k, ...)
        local r = table.pack(pcall(f, ...))
        for i = 1, math.min(r.n, 6) do r[i] = show(r[i]):gsub("0x%x+", "PTR"):gsub("'math.atan2'", "'math.atan'") end -- one function, two names
        local a = table.pack(...)
        for i = 1, a.n do a[i] = show(a[i]) end
        print(full .. "(" .. table.concat(a, ",", 1, a.n) .. ")", table.concat(r, " | ", 1, math.min(r.n, 6)))
      end
      run(0)
      for i = 1, N do
        if not (full == "setmetatable") then
        run(1, values[i])
        for j = 1, N do
          run(2, values[i], values[j])
        end end
      end
    end
  end
end
