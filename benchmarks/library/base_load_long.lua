-- load of a long source
local N = tonumber((...)) or 680
local lines = { "local t, n = {}, 0" }
for i = 1, 150 do lines[i + 1] = "t[" .. i .. "] = function(a, b) if a == b then return 'name' .. " .. i .. " else n = n + a * b; return { a, b, key = a } end end" end
local source = table.concat(lines, "\n") .. "\nreturn #t"
local sum = 0
for _ = 1, N do
  sum = sum + load(source)()
end
print(sum)
