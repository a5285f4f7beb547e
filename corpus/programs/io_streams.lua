-- io.read formats, lines with formats, end of file, io.write chains, defaults, closed and wrong uses.
print(io.type(io.stdin), io.type(io.stdout), io.type(42), io.type({}))
print(io.input() == io.stdin, io.output() == io.stdout)
-- Line and number formats.
print(io.read())
print(io.read("L"):byte(-1))
print(io.read("n", "n", "n"))
print(io.read("l"))
print(io.read("n"), io.read("l"))
print(io.read("n"), io.read("l"))
print(io.read("n", "l"))
print(io.read(5), io.read(0), io.read(3, 2))
print(io.read("l"), io.read("l"))
print(io.read("n", "n", "n", "n", "n", "l"))
-- Formats may carry the old asterisk.
print(io.read("*l"), io.read("*n"), io.read("*L") == "\n")
-- Several formats stop at the first failure.
print(io.read("n", "l"))
print(io.read("l"))
-- lines with formats.
local out = {}
for a, b in io.lines(nil, 1, "l") do
  out[#out + 1] = a .. "|" .. b
  if a == "\n" then break end
end
print(table.concat(out, " "))
for l in io.stdin:lines "L" do
  io.write("[", #l, "]")
  if l == "---\n" then break end
end
print()
local sum, n = 0, 0
for v in io.lines(nil, "n") do
  sum, n = sum + v, n + 1
end
print(sum, n)
print(io.read("l"))
print(#io.read("a"), io.read("a") == "", io.read("l"), io.read("n"), io.read(0), io.read(1))
for _ in io.lines() do print "never" end

-- write returns its file; numbers are formatted as by tostring, except that integers stay integers.
print(io.write("a", 1, " ", 2.0, " ", 1e100, " ", -0.0, "\n") == io.stdout)
io.stdout:write("chain"):write("ed", "\n")
print(pcall(io.write, {}))
print(pcall(io.write, nil))
print(pcall(io.write, "partial ", true))
print(pcall(io.read, "x"))
print(pcall(io.read, {}))
print(pcall(io.read, "*"))
print(pcall(io.stdin.read))
print(pcall(io.stdin.read, 5))
print(pcall(io.lines, "/no/such/file"))
print(io.open("/no/such/file"))
print(io.open("/no/such/dir/file", "w"))
print(pcall(io.open, "x", "rw"))
print(pcall(io.open, "x", "r+b+"))
print(pcall(io.open))
print(io.stdout:seek("cur", 0) ~= 0, pcall(io.stdout.seek, io.stdout, "bad"))
print(io.stdout:setvbuf "full", pcall(io.stdout.setvbuf, io.stdout, "bad"), io.stdout:setvbuf("line", 1024))
print(io.output():flush() == io.stdout, pcall(io.close, 5))

-- Temporary files: all modes of access.
local f = assert(io.tmpfile())
print(io.type(f), tostring(f):match("^file %("), f:write("line 1\n", "line 2\n", 3, "\n", 4.5, " 0x10 rest\nlast") == f)
print(f:seek("set"), f:read("l", "L", "n", "n", "n"))
print(f:read("a"))
print(f:seek("set", 5), f:read(3), f:seek(), f:seek("cur", 2), f:read(2), f:seek("end"), f:seek("set", 2), f:read("l"))
print(pcall(f.seek, f, "set", -1))
f:seek("set", 0)
f:write("LINE")
f:seek("set")
for l in f:lines() do io.write(l, ";") end
print()
f:seek("set")
for a, b in f:lines(2, 3) do io.write(a, "+", tostring(b), " ") end
print()
local it = f:lines()
print(f:close(), io.type(f), tostring(f))
print(pcall(f.read, f))
print(pcall(f.write, f, "x"))
print(pcall(it))
print(pcall(f.close, f))
print(pcall(f.lines, f))
print(pcall(io.lines, f))

-- To-be-closed files, default files switched.
local closed
do
  local g <close> = io.tmpfile()
  g:write("default input\nsecond\n")
  g:seek("set")
  io.input(g)
  print(io.read(), io.read "n", io.read())
  io.input(io.stdin)
  local h <close> = io.tmpfile()
  io.output(h)
  io.write("captured")
  io.output(io.stdout)
  h:seek("set")
  print(h:read "a")
  closed = g
end
print(io.type(closed), pcall(io.input, "/no/such/file"))
print(pcall(io.output, "/no/such/dir/x"))
local k = io.tmpfile()
io.input(k)
k:close()
print(pcall(io.read))
print(pcall(io.lines))
io.input(io.stdin)
print(getmetatable(io.stdout).__name, getmetatable(io.stdout).__index == getmetatable(io.stdout), io.stdout.write == io.stderr.write)
io.stderr:write("to standard error\n")
