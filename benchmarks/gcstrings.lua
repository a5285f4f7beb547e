-- garbage of strings: many short ones, some long ones, a log of bounded length, keys that die
local N = tonumber((...)) or 110
local log, first, last, bytes = {}, 1, 0, 0
local function write(text)
  last = last + 1
  log[last] = text
  bytes = bytes + #text
  while last - first >= 3000 do
    bytes = bytes - #log[first]
    log[first] = nil
    first = first + 1
  end
end
local sum = 0
for r = 1, N do
  for i = 1, 5000 do write("event " .. r .. "/" .. i .. " at " .. i * 0.5) end
  for i = 1, 40 do
    local long = ("payload " .. i .. ";"):rep(200 + r)
    sum = sum + #long + #long:sub(10, 1500) + #long:upper()
  end
  local sessions = {}
  for i = 1, 1500 do sessions["session-" .. r .. "-" .. i] = i end
  for i = 1, 1500, 2 do sessions["session-" .. r .. "-" .. i] = nil end
  for _, v in pairs(sessions) do sum = sum + v end
  local text = ""
  for i = 1, 300 do text = text .. "line " .. i .. "\n" end
  for line in text:gmatch("[^\n]+") do sum = sum + #line end
end
print(sum, bytes, log[last])
