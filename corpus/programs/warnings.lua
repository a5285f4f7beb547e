-- warn: switched on and off, continued messages, control messages; everything goes to standard error.
-- Standard output tells what is expected there.
warn("not shown: warnings are off")
warn("@on")
print "1: one plain warning"
warn("plain")
print "2: pieces joined"
warn("in ", "three ", "pieces")
print "3: unknown control messages are ignored"
warn("@unknown")
warn("@")
print "4: off again"
warn("@off")
warn("not shown")
warn("@on")
print "5: control only as a single piece"
warn("@off", " is shown")
warn("still on")
print "6: empty and special texts"
warn("")
warn("with\nnewline")
warn("zero\0byte")
warn(12, 3.5)
print "7: wrong uses"
print(pcall(warn))
print(pcall(warn, nil))
print(pcall(warn, "x", {}))
print(pcall(warn, {}))

-- A logger with levels that goes through warn, with deduplication and counters.
local Logger = {levels = {"debug", "info", "notice", "alert"}, counts = {}, seen = {}}
for i, l in ipairs(Logger.levels) do
  Logger[l] = function(self, fmt, ...)
    self.counts[l] = (self.counts[l] or 0) + 1
    if i < self.threshold then return false end
    local text = fmt:format(...)
    local n = (self.seen[text] or 0) + 1
    self.seen[text] = n
    if n == 1 then
      warn(l:upper(), ": ", text)
    elseif n == 3 then
      warn(l:upper(), ": ", text, " (repeated)")
    end
    return true
  end
end
Logger.threshold = 2
print "8: six log lines"
print(Logger:debug("hidden %d", 1), Logger:info("shown %d", 2), Logger:notice("%s", "text"), Logger:alert("%q", "quoted"))
for _ = 1, 5 do Logger:info("again") end
Logger.threshold = 4
print(Logger:notice("too low"), Logger:alert("last"))
local out = {}
for _, l in ipairs(Logger.levels) do out[#out + 1] = l .. "=" .. (Logger.counts[l] or 0) end
print(table.concat(out, " "))

print "9: an error in a finalizer becomes a warning"
do
  local bad = setmetatable({}, {__gc = function() error("in finalizer", 0) end})
  bad = nil
  collectgarbage()
  local worse = setmetatable({}, {__gc = function() error(setmetatable({}, {__tostring = function() return "object" end})) end})
  worse = nil
  collectgarbage()
  local table_error = setmetatable({}, {__gc = function() error({}) end})
  table_error = nil
  collectgarbage()
end
print "10: and one at the end, when the state closes"
LAST = setmetatable({}, {__gc = function() warn("closing state") error("at the end", 0) end})
