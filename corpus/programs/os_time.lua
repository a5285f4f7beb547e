-- os.time, os.date, os.difftime with fixed tables; results that do not depend on the time zone.
-- Differences between local times on days without zone changes are what is printed.
local function t(y, m, d, h, mi, s) return os.time {year = y, month = m, day = d, hour = h, min = mi, sec = s} end
local base = t(2001, 3, 4, 12)
print(math.type(base), t(2001, 3, 5, 12) - base, t(2001, 3, 4, 13) - base, t(2001, 3, 4, 12, 1) - base, t(2001, 3, 4, 12, 0, 1) - base)
print(os.difftime(t(2001, 3, 6, 12), base), math.type(os.difftime(base, base)), os.difftime(base, base + 5))

-- Normalisation: fields out of range carry over, and the table is updated.
for _, f in ipairs {
  {year = 2021, month = 14, day = 1}, {year = 2021, month = 0, day = 31}, {year = 2021, month = 1, day = 0}, {year = 2020, month = 2, day = 30},
  {year = 2021, month = 2, day = 29}, {year = 2021, month = 1, day = 366}, {year = 2021, month = 1, day = 1, hour = 36}, {year = 2021, month = 6, day = 15, min = -1},
  {year = 2021, month = 6, day = 15, sec = 86400}, {year = 2021, month = -11, day = 1}, {year = 1999, month = 12, day = 31, hour = 23, min = 59, sec = 60},
} do
  os.time(f)
  print(("%d-%02d-%02d %02d:%02d:%02d wday %d yday %d"):format(f.year, f.month, f.day, f.hour, f.min, f.sec, f.wday, f.yday), type(f.isdst))
end

-- Round trip through os.date("*t").
local d = os.date("*t", base)
print(d.year, d.month, d.day, d.hour, d.min, d.sec, d.wday, d.yday, os.time(d) == base)
local keys = {}
for k in pairs(d) do keys[#keys + 1] = k end
table.sort(keys)
print(table.concat(keys, " "))
print(os.date("%Y-%m-%d %H:%M:%S", base), os.date("%j %u %w %y %e|", base), os.date("%%", base), os.date("", base) == "")
print(os.date("%A %B %a %b %p", base), os.date("%I %M %n %t|", base):gsub("%s", "_"), os.date("%D %F %R %T", base), os.date("%C %U %W %V %G %g", base))
print(os.date("%c", base), os.date("%x %X", base), os.date("%r", base), os.date("%h", base))
print(os.date("%Ey %Od %EY", base))

-- UTC dates of fixed instants do not depend on the zone.
for _, s in ipairs {0, 86399, 86400, 951782400, 1000000000, 1234567890, 2147483647, 4102444800, -1, -86400} do
  print(s, os.date("!%Y-%m-%d %H:%M:%S %A", s))
end
local u = os.date("!*t", 1000000000)
print(u.year, u.month, u.day, u.hour, u.min, u.sec, u.wday, u.yday, u.isdst)

-- Errors.
print(pcall(os.time, {year = 2020}))
print(pcall(os.time, {year = 2020, month = 1}))
print(pcall(os.time, {year = "x", month = 1, day = 1}))
print(pcall(os.time, {year = 2020, month = 1.5, day = 1}))
print(pcall(os.time, {year = 2020, month = "2", day = "3"}))
print(pcall(os.time, {year = 1 << 40, month = 1, day = 1}))
print(pcall(os.time, {year = 2020, month = 1, day = math.maxinteger}))
print(pcall(os.time, 5))
print(pcall(os.date, "%Q", 0))
print(pcall(os.date, "%E", 0))
print(pcall(os.date, "%", 0))
print(pcall(os.date, "%Oc", 0))
print(pcall(os.date, "*t", 2^60))
print(pcall(os.date, "%Y", 1e100))
print(pcall(os.date, "%Y", 1.5))
print(pcall(os.date, "%Y", "x"))
print(pcall(os.difftime))
print(#os.date("*t") == 0, type(os.time()), type(os.clock()), os.clock() >= 0, os.time() > 1600000000)
print(os.getenv("CERTAINLY_NOT_DEFINED_ANYWHERE"), pcall(os.getenv))
print(os.rename("/no/such/file", "/no/such/other"))
print(os.remove("/no/such/file"))
print(os.setlocale("C"), os.setlocale(nil, "all"), os.setlocale("no_such_locale"), pcall(os.setlocale, "C", "bad"))

-- Own calendar arithmetic, compared with the library.
local function days(y, m, dd)
  y = m <= 2 and y - 1 or y
  local era = y // 400
  local yoe = y - era * 400
  local doy = (153 * (m + (m > 2 and -3 or 9)) + 2) // 5 + dd - 1
  return era * 146097 + yoe * 365 + yoe // 4 - yoe // 100 + doy - 719468
end
local function civil(z)
  z = z + 719468
  local era = z // 146097
  local doe = z - era * 146097
  local yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
  local doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
  local mp = (5 * doy + 2) // 153
  local m = mp < 10 and mp + 3 or mp - 9
  return yoe + era * 400 + (m <= 2 and 1 or 0), m, doy - (153 * mp + 2) // 5 + 1
end
local wrong = 0
for z = -20000, 40000, 37 do
  local y, m, dd = civil(z)
  if days(y, m, dd) ~= z then wrong = wrong + 1 end
  local r = os.date("!*t", z * 86400)
  if r.year ~= y or r.month ~= m or r.day ~= dd or (z + 4) % 7 + 1 ~= r.wday then wrong = wrong + 1 end
end
print("wrong", wrong, days(1970, 1, 1), days(2000, 2, 29), civil(-1))
local function easter(y)
  local a, b, c = y % 19, y // 100, y % 100
  local h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
  local l = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
  local m = (a + 11 * h + 22 * l) // 451
  local n = h + l - 7 * m + 114
  return ("%d-%02d-%02d"):format(y, n // 31, n % 31 + 1)
end
print(easter(2000), easter(2024), easter(1961), easter(2038))
local function month(y, m)
  local first, n = (days(y, m, 1) + 3) % 7, days(m == 12 and y + 1 or y, m % 12 + 1, 1) - days(y, m, 1)
  print(("%d-%02d  Mo Tu We Th Fr Sa Su"):format(y, m))
  local line = ("   "):rep(first)
  for k = 1, n do
    line = line .. ("%3d"):format(k)
    if (first + k) % 7 == 0 or k == n then print("        " .. line) line = "" end
  end
end
month(2024, 2)
month(1900, 2)
