-- A small Lisp: reader, lexical closures, macros, proper tail calls, error reporting.
local Symbol = setmetatable({}, {__index = function(t, name)
  local s = setmetatable({name = name}, {__tostring = function() return name end})
  rawset(t, name, s)
  return s
end})
local Nil = setmetatable({}, {__tostring = function() return "()" end})
local function cons(a, d) return {head = a, tail = d} end
local function is_pair(v) return type(v) == "table" and v.head ~= nil end
local function list(...)
  local l = Nil
  for i = select("#", ...), 1, -1 do l = cons((select(i, ...)), l) end
  return l
end

local function show(v)
  if type(v) == "string" then return ("%q"):format(v) end
  if v == true then return "#t" elseif v == false then return "#f" end
  if type(v) == "function" then return "#<builtin>" end
  if not is_pair(v) then return type(v) == "table" and v.params and "#<lambda>" or tostring(v) end
  local parts = {}
  while is_pair(v) do parts[#parts + 1] = show(v.head) v = v.tail end
  if v ~= Nil then parts[#parts + 1] = ". " .. show(v) end
  return "(" .. table.concat(parts, " ") .. ")"
end

local function read(src)
  local pos = 1
  local quotes = {["'"] = "quote", ["`"] = "quasiquote", [","] = "unquote"}
  local function skip()
    while true do
      pos = src:find("%S", pos)
      if not pos or src:sub(pos, pos) ~= ";" then return pos end
      pos = src:find("\n", pos) or #src + 1
    end
  end
  local function form()
    if not skip() then error("unexpected end of input", 0) end
    local c = src:sub(pos, pos)
    if c == "(" then
      pos = pos + 1
      local items, tail = {}, Nil
      while true do
        if not skip() then error("missing )", 0) end
        if src:sub(pos, pos) == ")" then pos = pos + 1 break end
        if src:find("^%.%s", pos) then pos = pos + 1 tail = form() else items[#items + 1] = form() end
      end
      for i = #items, 1, -1 do tail = cons(items[i], tail) end
      return tail
    elseif c == ")" then error("unexpected )", 0)
    elseif quotes[c] then pos = pos + 1 return list(Symbol[quotes[c]], form())
    elseif c == '"' then
      local s, e = src:match('^"([^"]*)"()', pos)
      pos = e or error("unfinished string", 0)
      return s
    end
    local a, e = src:match("^([^%s()';\"]+)()", pos)
    pos = e
    if a == "#t" then return true elseif a == "#f" then return false end
    return math.tointeger(a) or tonumber(a) or Symbol[a]
  end
  return function() if skip() then return form() end end
end

local Env = {}
Env.__index = Env
local function env(outer) return setmetatable({vars = {}, outer = outer}, Env) end
function Env:find(s)
  local e = self
  while e do
    if e.vars[s] ~= nil then return e.vars end
    e = e.outer
  end
  error("unbound variable " .. s.name, 0)
end

local eval
local function bind(f, args)
  local e = env(f.env)
  local p = f.params
  while is_pair(p) do
    if not is_pair(args) then error("too few arguments", 0) end
    e.vars[p.head] = args.head
    p, args = p.tail, args.tail
  end
  if p ~= Nil then e.vars[p] = args elseif args ~= Nil then error("too many arguments", 0) end
  return e
end
local function unpack_list(l)
  local t, n = {}, 0
  while is_pair(l) do n = n + 1 t[n] = l.head l = l.tail end
  return table.unpack(t, 1, n)
end
local function evlist(l, e) if l == Nil then return Nil end local h = eval(l.head, e) return cons(h, evlist(l.tail, e)) end
local function apply(f, args)
  if type(f) == "function" then return f(unpack_list(args)) end
  if type(f) ~= "table" or not f.params then error("not a function: " .. show(f), 0) end
  return eval(f.body, bind(f, args))
end
local function quasi(x, e)
  if not is_pair(x) then return x end
  if x.head == Symbol.unquote then return eval(x.tail.head, e) end
  return cons(quasi(x.head, e), quasi(x.tail, e))
end

local special = {}
special["quote"] = function(x) return x.head end
special["quasiquote"] = function(x, e) return quasi(x.head, e) end
special["lambda"] = function(x, e) return {params = x.head, body = cons(Symbol.begin, x.tail), env = e} end
special["define"] = function(x, e)
  local target = x.head
  if is_pair(target) then
    e.vars[target.head] = special.lambda(cons(target.tail, x.tail), e)
    return target.head
  end
  e.vars[target] = eval(x.tail.head, e)
  return target
end
special["set!"] = function(x, e) local v = e:find(x.head) v[x.head] = eval(x.tail.head, e) return v[x.head] end
special["defmacro"] = function(x, e)
  local m = special.lambda(x.tail, e)
  m.macro = true
  e.vars[x.head] = m
  return x.head
end
special["catch"] = function(x, e)
  local ok, v = pcall(eval, x.head, e)
  return ok and v or "caught: " .. tostring(v)
end

-- 'if', 'begin', macros and calls loop instead of recursing: tail calls take no stack.
function eval(x, e)
  while true do
    if getmetatable(x) and x.name then return e:find(x)[x] end
    if not is_pair(x) then return x end
    local head = x.head
    local name = type(head) == "table" and head.name
    if name == "if" then
      local r = x.tail
      if eval(r.head, e) ~= false then x = r.tail.head
      elseif r.tail.tail == Nil then return Nil
      else x = r.tail.tail.head end
    elseif name == "begin" then
      local r = x.tail
      if r == Nil then return Nil end
      while r.tail ~= Nil do eval(r.head, e) r = r.tail end
      x = r.head
    elseif name and special[name] then
      return special[name](x.tail, e)
    else
      local f = eval(head, e)
      if type(f) == "table" and f.macro then
        x = eval(f.body, bind(f, x.tail))
      else
        local args = evlist(x.tail, e)
        if type(f) == "function" then return f(unpack_list(args)) end
        if type(f) ~= "table" or not f.params then error("not a function: " .. show(f), 0) end
        x, e = f.body, bind(f, args)
      end
    end
  end
end

local global = env()
local function def(name, f) global.vars[Symbol[name]] = f end
local function fold(f) return function(a, ...) for _, b in ipairs {...} do a = f(a, b) end return a end end
def("+", fold(function(a, b) return a + b end))
def("*", fold(function(a, b) return a * b end))
def("-", function(a, b) if b then return a - b end return -a end)
def("/", function(a, b) return a / b end)
def("<", function(a, b) return a < b end)
def("=", function(a, b) return a == b end)
def("car", function(p) if not is_pair(p) then error("car of " .. show(p), 0) end return p.head end)
def("cdr", function(p) if not is_pair(p) then error("cdr of " .. show(p), 0) end return p.tail end)
def("cons", cons)
def("list", list)
def("null?", function(v) return v == Nil end)
def("apply", apply)
def("print", function(...) local t = {...} for i, v in ipairs(t) do t[i] = type(v) == "string" and v or show(v) end print(table.concat(t, " ")) return Nil end)
def("error", function(m) error(m, 0) end)

local program = [[
(define (map f l) (if (null? l) '() (cons (f (car l)) (map f (cdr l)))))
(define (fact n) (if (< n 2) 1 (* n (fact (- n 1)))))
(map fact '(1 2 3 4 5 10 20))
(define (loop n acc) (if (= n 0) acc (loop (- n 1) (+ acc n))))
(loop 20000 0)
(define (make-counter) (define n 0) (lambda () (set! n (+ n 1)) n))
(define c (make-counter)) (define d (make-counter))
(c) (c) (d) (list (c) (d))
(defmacro unless (test . body) `(if ,test () (begin . ,body)))
(unless (< 2 1) (print "in unless") 'done)
(defmacro swap! (a b) (list 'begin (list 'define 'tmp a) (list 'set! a b) (list 'set! b 'tmp)))
(define x 1) (define y 2) (swap! x y) (list x y)
((lambda (a . rest) (list a rest)) 1 2 3)
(apply + '(1 2 3 4))
(define (compose . fs) (if (null? fs) (lambda (x) x) (lambda (x) ((car fs) ((apply compose (cdr fs)) x)))))
((compose (lambda (x) (* x 2)) (lambda (x) (+ x 1))) 5)
'(a . (b . (c . d))) `(1 ,(+ 1 1) (nested ,x)) "string" 2.5 #t '()
(catch (car '())) (catch (undefined)) (catch (error "user")) (catch (fact)) (catch ((lambda () 1) 2)) (catch (5 5))
(- 7) (/ 1 2) (if #f 1)
; a comment at the end
]]
for form in read(program) do
  local ok, v = pcall(eval, form, global)
  print(ok and show(v) or "error: " .. tostring(v))
end
for _, bad in ipairs {"(1 2", ")", '"abc', "'", "(undefined-function 1)", "(+ 1 'a)"} do
  local ok, m = pcall(function() return eval(read(bad)(), global) end)
  print(ok, (tostring(m):gsub("^[^:]+:%d+: ", "")))
end
