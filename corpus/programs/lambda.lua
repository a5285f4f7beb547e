-- Untyped lambda calculus: parser, normal-order reduction with de Bruijn indices, printing with names.
local function parse(src)
  local pos = 1
  local function peek() pos = src:find("%S", pos) or #src + 1 return src:sub(pos, pos) end
  local expr
  local function atom(scope)
    local c = peek()
    if c == "(" then
      pos = pos + 1
      local e = expr(scope)
      if peek() ~= ")" then error("missing ) at " .. pos, 0) end
      pos = pos + 1
      return e
    elseif c == "\\" then
      pos = pos + 1
      local names = {}
      while peek():find("%a") do names[#names + 1] = src:match("^%a%w*", pos) pos = pos + #names[#names] end
      if #names == 0 then error("name expected at " .. pos, 0) end
      if peek() ~= "." then error("dot expected at " .. pos, 0) end
      pos = pos + 1
      for _, n in ipairs(names) do scope = {name = n, up = scope} end
      local body = expr(scope)
      for i = #names, 1, -1 do body = {"lam", body, names[i]} end
      return body
    elseif c:find("%a") then
      local n = src:match("^%a%w*", pos)
      pos = pos + #n
      local s, i = scope, 0
      while s do
        if s.name == n then return {"var", i} end
        s, i = s.up, i + 1
      end
      return {"free", n}
    elseif c:find("%d") then
      local d = src:match("^%d+", pos)
      pos = pos + #d
      local body = {"var", 0}
      for _ = 1, tonumber(d) do body = {"app", {"var", 1}, body} end
      return {"lam", {"lam", body, "x"}, "f"}
    end
    error("unexpected " .. (c == "" and "end" or c) .. " at " .. pos, 0)
  end
  function expr(scope)
    local e = atom(scope)
    while peek():find("[%(%w\\]") do e = {"app", e, atom(scope)} end
    return e
  end
  local e = expr()
  if peek() ~= "" then error("unexpected " .. peek() .. " at " .. pos, 0) end
  return e
end

local function shift(t, by, depth)
  if t[1] == "var" then return t[2] >= depth and {"var", t[2] + by} or t
  elseif t[1] == "lam" then return {"lam", shift(t[2], by, depth + 1), t[3]}
  elseif t[1] == "app" then return {"app", shift(t[2], by, depth), shift(t[3], by, depth)} end
  return t
end
local function subst(t, v, depth)
  if t[1] == "var" then
    if t[2] == depth then return shift(v, depth, 0) end
    return t[2] > depth and {"var", t[2] - 1} or t
  elseif t[1] == "lam" then return {"lam", subst(t[2], v, depth + 1), t[3]}
  elseif t[1] == "app" then return {"app", subst(t[2], v, depth), subst(t[3], v, depth)} end
  return t
end
-- One leftmost-outermost step, or nil.
local function step(t)
  if t[1] == "app" then
    if t[2][1] == "lam" then return subst(t[2][2], t[3], 0) end
    local f = step(t[2])
    if f then return {"app", f, t[3]} end
    local a = step(t[3])
    return a and {"app", t[2], a}
  elseif t[1] == "lam" then
    local b = step(t[2])
    return b and {"lam", b, t[3]}
  end
end

local function church(t)
  if t[1] ~= "lam" or t[2][1] ~= "lam" then return end
  local b, n = t[2][2], 0
  while b[1] == "app" and b[2][1] == "var" and b[2][2] == 1 do b, n = b[3], n + 1 end
  return b[1] == "var" and b[2] == 0 and n or nil
end

local function show(t, names, side)
  names = names or {}
  if t[1] == "free" then return t[2] end
  if t[1] == "var" then return names[#names - t[2]] or "?" .. t[2] end
  if t[1] == "app" then
    local s = show(t[2], names, "left") .. " " .. show(t[3], names, "right")
    return side == "right" and "(" .. s .. ")" or s
  end
  local n, inner = t[3], table.move(names, 1, #names, 1, {})
  for _, used in ipairs(names) do if used == n then n = n .. "'" end end
  inner[#inner + 1] = n
  local s = "\\" .. n .. "." .. show(t[2], inner)
  return side and "(" .. s .. ")" or s
end

local prelude = {
  succ = "\\n f x.f (n f x)", plus = "\\m n f x.m f (n f x)", times = "\\m n f.m (n f)", pow = "\\b e.e b",
  pred = "\\n f x.n (\\g h.h (g f)) (\\u.x) (\\u.u)", tt = "\\a b.a", ff = "\\a b.b",
  iszero = "\\n.n (\\x.(\\a b.b)) (\\a b.a)", Y = "\\f.(\\x.f (x x)) (\\x.f (x x))",
  pair = "\\a b s.s a b", fst = "\\p.p (\\a b.a)", snd = "\\p.p (\\a b.b)",
  S = "\\x y z.x z (y z)", K = "\\x y.x", I = "\\x.x",
}
prelude.fact = "Y (\\self n.iszero n 1 (times n (self (pred n))))"
local function expand(src)
  local before
  repeat
    before = src
    src = src:gsub("%a%w*", function(w) return prelude[w] and "(" .. prelude[w] .. ")" end)
  until src == before
  return src
end

local function reduce(src, limit)
  local ok, t = pcall(parse, expand(src))
  if not ok then return print(("%-28s error: %s"):format(src, t)) end
  local steps = 0
  while steps < (limit or 2000) do
    local n = step(t)
    if not n then break end
    t, steps = n, steps + 1
  end
  local number = church(t)
  local text = show(t)
  if #text > 44 then text = text:sub(1, 40) .. "..." end
  print(("%-28s %-44s %s %d steps"):format(src, text, number and "= " .. number or "", steps))
end

for _, src in ipairs {
  "\\x.x", "(\\x.x) y", "(\\x y.x) a b", "S K K q", "succ 3", "plus 2 3", "times 3 4", "pow 2 3", "pred 5", "pred 0",
  "iszero 0 yes no", "iszero 2 yes no", "fst (pair a b)", "snd (pair a b)", "fact 3", "(\\x.\\y.x) y",
  "\\y.(\\x.\\y.x y) y", "plus (times 2 2) (pred 4)", "K I a b", "(\\f.f f) (\\x.x)",
} do reduce(src) end
reduce("(\\x.x x) (\\x.x x)", 50)
reduce("Y g", 4)
for _, bad in ipairs {"", "(", "\\.x", "\\x x", "x)", "(x", "$"} do reduce(bad) end
