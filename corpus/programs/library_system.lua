-- Dates, times and the rest of the os library.
local function clean(s) return (tostring(s):gsub("0x%x+", "PTR"):gsub("builtin: %x+", "PTR")) end
local function try(name, f, ...)
  local r = table.pack(pcall(f, ...))
  for i = 1, r.n do r[i] = clean(r[i]) end
  print(name, table.concat(r, " | ", 1, r.n))
end
-- os.date / time
for _, tz in ipairs{"!", ""} do
for c in ("aAbBcCdDeFgGhHIjmMnprRStTuUVwWxXyYzZ%"):gmatch"." do
  for _, t in ipairs{0, 86399, 951782400, 1e9, 1709164800, 4102444799, -1, -86400*400} do try(tz .. "%" .. c .. " " .. t, os.date, tz .. "%" .. c, t // 1 | 0) end
end
for _, f in ipairs{"%Ec","%EC","%Ex","%EX","%Ey","%EY","%Od","%Oe","%OH","%OI","%Om","%OM","%OS","%Ou","%OU","%OV","%Ow","%OW","%Oy","%Ez","%Oc","%E","%O","%","%Q","%k","%l","%s","%P","%f","%i","%J","%L","%N","%o","%q","%v","%K", "%Y-%m-%d %%", "%5d", "a\0b%d", "*t", "!*t", "*tx"} do try(tz..f, function() local r = os.date(tz .. f, 951782400) if type(r) == "table" then local k = {} for a, b in pairs(r) do k[#k+1] = a .. "=" .. tostring(b) end table.sort(k) return table.concat(k, " ") end return r end) end
end
try("big", os.date, "!%c", 1e15 // 1 | 0) try("big", os.date, "!%Y", 67767976233532799) try("big", os.date, "!%Y", 67768036191676800) try("big", os.date, "!%c", math.maxinteger) try("big", os.date, "!%c", math.mininteger) try("fl", os.date, "!%c", 1.5) try("str", os.date, "!%c", "100") try("neg", os.date, "!*t", -1)
for _, t in ipairs{{year=2000,month=1,day=1}, {year=2000,month=13,day=32,hour=25,min=61,sec=61}, {year=2000,month=-5,day=-10}, {year=2000,month=1}, {year=2000,day=1}, {month=1,day=1}, {year="2000",month="1",day="1",hour="0"}, {year=2000.0,month=1,day=1}, {year=2000.5,month=1,day=1}, {year="x",month=1,day=1}, {year=2^40|0,month=1,day=1}, {year=2000,month=2^31,day=1}, {year=2000,month=1,day=1,isdst=true}, {year=2000,month=7,day=1,isdst=false}, {year=1900,month=1,day=1}, {year=2000,month=1,day=1,hour=-2^31|0}, {year=2^31+1899|0,month=12,day=31}, {year=-2^31+1900|0,month=1,day=1}, {year={} ,month=1,day=1},{year=2000,month=1,day=1,sec=2^31-1|0}, {year=2147485547, month=12, day=31, hour=23, min=59, sec=59}, {year=2147485548, month=1, day=1}, {year=2147485547, month=13, day=1}} do
  try("time", function() local r = os.time(t) local k = {} for a, b in pairs(t) do k[#k+1] = a .. "=" .. tostring(b) end table.sort(k) return r, table.concat(k, " ") end)
end
try("difftime", os.difftime, 5, 3) try("difftime", os.difftime, 5) try("difftime", os.difftime, 1.5, 1) try("getenv", os.getenv, "NOPE_X") try("getenv", os.getenv) try("setlocale", os.setlocale, "C") try("setlocale", os.setlocale, nil) try("setlocale", os.setlocale, "xx") try("setlocale", os.setlocale, "", "bad") try("setlocale", os.setlocale, nil, "numeric") try("setlocale", os.setlocale, "POSIX", "all") 
try("exec", os.execute) try("exec", os.execute, "exit 3") try("exec", os.execute, "kill -9 $$") try("exec", os.execute, "true") try("remove", os.remove, "/nope/x") try("rename", os.rename, "/nope/x", "/nope/y") try("remove", os.remove, "/proc") try("tmp", function() local n = os.tmpname() local ok = n:match("^/tmp/lua_......$") ~= nil os.remove(n) return ok end) try("exit", os.exit, "x") try("exit", os.exit, {})
try("clock", function() return math.type(os.clock()) end)
