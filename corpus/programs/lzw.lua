-- LZW with growing code widths, run-length coding, and Base64, each checked by its inverse.
local Bits = {}
Bits.__index = Bits
function Bits.writer() return setmetatable({acc = 0, n = 0, out = {}}, Bits) end
function Bits:write(v, width)
  self.acc = self.acc | v << self.n
  self.n = self.n + width
  while self.n >= 8 do
    self.out[#self.out + 1] = string.char(self.acc & 255)
    self.acc, self.n = self.acc >> 8, self.n - 8
  end
end
function Bits:finish()
  if self.n > 0 then self:write(0, 8 - self.n) end
  return table.concat(self.out)
end
function Bits.reader(s) return setmetatable({acc = 0, n = 0, s = s, pos = 1}, Bits) end
function Bits:read(width)
  while self.n < width do
    local b = self.s:byte(self.pos)
    if not b then return nil end
    self.acc, self.n, self.pos = self.acc | b << self.n, self.n + 8, self.pos + 1
  end
  local v = self.acc & (1 << width) - 1
  self.acc, self.n = self.acc >> width, self.n - width
  return v
end

local STOP, FIRST, LIMIT <const> = 256, 257, 4096
local function compress(s)
  local dict, nextc, width, w = {}, FIRST, 9, Bits.writer()
  for i = 0, 255 do dict[string.char(i)] = i end
  local cur = ""
  for c in s:gmatch "." do
    if dict[cur .. c] then
      cur = cur .. c
    else
      w:write(dict[cur], width)
      if nextc < LIMIT then
        dict[cur .. c] = nextc
        nextc = nextc + 1
        if nextc > 1 << width and width < 12 then width = width + 1 end
      end
      cur = c
    end
  end
  if cur ~= "" then w:write(dict[cur], width) nextc = nextc + 1 end
  if nextc > 1 << width and width < 12 then width = width + 1 end
  w:write(STOP, width)
  return w:finish(), nextc - FIRST
end

local function expand(data)
  local dict, nextc, width, r, out, prev = {}, FIRST, 9, Bits.reader(data), {}, nil
  for i = 0, 255 do dict[i] = string.char(i) end
  while true do
    if nextc + (prev and 1 or 0) > 1 << width and width < 12 then width = width + 1 end
    local code = r:read(width)
    if not code then return nil, "data cut off" end
    if code == STOP then return table.concat(out) end
    local entry = dict[code] or prev and code == nextc and prev .. prev:sub(1, 1)
    if not entry then return nil, "bad code " .. code end
    out[#out + 1] = entry
    if prev and nextc < LIMIT then
      dict[nextc] = prev .. entry:sub(1, 1)
      nextc = nextc + 1
    end
    prev = entry
  end
end

local function rle(s)
  local out, at = {}, 1
  while at <= #s do
    local c, stop = s:sub(at, at), at
    while stop < #s and stop - at < 254 and s:byte(stop + 1) == c:byte() do stop = stop + 1 end
    out[#out + 1] = string.char(stop - at + 1) .. c
    at = stop + 1
  end
  return table.concat(out)
end
local function unrle(s) return (s:gsub("(.)(.)", function(n, c) return c:rep(n:byte()) end)) end

local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local function base64(s)
  return (s:gsub("..?.?", function(g)
    local a, b, c = g:byte(1, 3)
    local v = a << 16 | (b or 0) << 8 | (c or 0)
    local t = {}
    for k = 3, 0, -1 do
      local d = v >> 6 * k & 63
      t[#t + 1] = alphabet:sub(d + 1, d + 1)
    end
    if not c then t[4] = "=" end
    if not b then t[3] = "=" end
    return table.concat(t)
  end))
end
local function unbase64(s)
  s = s:gsub("%s", "")
  if #s % 4 ~= 0 then return nil, "length" end
  if s:find("[^%w%+/=]") or s:find("=[^=]") or s:find("===") then return nil, "character" end
  return (s:gsub("....", function(g)
    local v, pad = 0, 0
    for c in g:gmatch "." do
      local p = alphabet:find(c, 1, true)
      if not p then pad = pad + 1 end
      v = v << 6 | (p or 1) - 1
    end
    return (">I3"):pack(v):sub(1, 3 - pad)
  end))
end

local rnd = 12345
local noise = {}
for i = 1, 3000 do rnd = rnd * 1103515245 + 12345 & 0x7fffffff noise[i] = string.char(rnd >> 16 & 255) end
local samples = {
  "", "a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "ROWTHEROWTHEBOATROWTHEROW", ("abc"):rep(100), ("x"):rep(1000),
  table.concat(noise), table.concat(noise, ",", 1, 200), "\0\0\0\255\255", ("lorem ipsum dolor "):rep(150),
}
for _, s in ipairs(samples) do
  local c, n = compress(s)
  local r, b = rle(s), base64(s)
  assert(expand(c) == s and unrle(r) == s and unbase64(b) == s)
  print(("%4d bytes: lzw %4d (%d codes), rle %4d, base64 %4d  %s"):format(#s, #c, n, #r, #b, b:sub(1, 24)))
end
print(expand("\1"), expand("\255\255\255"))
print(base64("M"), base64("Ma"), base64("Man"), unbase64("TW Fu\n"), unbase64("TQ=="))
print(unbase64("abc"), unbase64("ab=c"), unbase64("a==="), unbase64("ab!d"))
