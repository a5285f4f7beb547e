-- a scanner for a small language by string.find with anchored patterns and captures
local N = tonumber((...)) or 130
local find, sub = string.find, string.sub
local keywords = {}
for word in ("let fn if else while return true false nil and or not"):gmatch("%a+") do keywords[word] = true end
local function scan(source)
  local kinds, values, n, at, line = {}, {}, 0, 1, 1
  while true do
    local _, e, text = find(source, "^[ \t]+", at)
    if e then at = e + 1 end
    if at > #source then break end
    _, e, text = find(source, "^([%a_][%w_]*)", at)
    if e then
      n = n + 1
      kinds[n], values[n] = keywords[text] and text or "name", text
    else
      _, e, text = find(source, "^(%d+%.?%d*)", at)
      if e then
        n = n + 1
        kinds[n], values[n] = "number", tonumber(text)
      else
        _, e, text = find(source, '^"([^"\n]*)"', at)
        if e then
          n = n + 1
          kinds[n], values[n] = "string", text
        else
          _, e = find(source, "^#[^\n]*", at)
          if not e then
            _, e = find(source, "^\n", at)
            if e then line = line + 1 end
          end
          if not e then
            _, e, text = find(source, "^([=<>!]=)", at)
            if not e then _, e, text = find(source, "^([%+%-%*/%%=<>(){},;%[%]])", at) end
            if not e then error("line " .. line .. ": unexpected " .. sub(source, at, at)) end
            n = n + 1
            kinds[n], values[n] = text, text
          end
        end
      end
    end
    at = e + 1
  end
  return kinds, values, n, line
end
local function program(n)
  local parts = {}
  for i = 1, n do
    parts[i] = "let value_" .. i .. " = " .. i * 3 .. ".25 * (x" .. i % 9 .. " + y) # a remark\n"
      .. "fn f" .. i .. "(a, b) { if a >= b and not false { return \"text " .. i .. "\" } else { return a[" .. i .. "]; } }\n"
      .. "while value_" .. i .. " != 10 { value_" .. i .. " = f" .. i .. "(1, 2) - 1 }\n"
  end
  return table.concat(parts)
end
local source = program(160)
local counts, sum, total, lines = {}, 0, 0, 0
for r = 1, N do
  local kinds, values, n, line = scan(source)
  for i = 1, n do
    counts[kinds[i]] = (counts[kinds[i]] or 0) + 1
    if kinds[i] == "number" then sum = sum + values[i] end
  end
  total, lines = total + n, lines + line
end
print(total, lines, sum, counts.name, counts.string, counts["let"], counts[">="], pcall(scan, "let ?"))
