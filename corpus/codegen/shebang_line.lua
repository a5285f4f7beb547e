#!/usr/bin/env lua
-- The first line is skipped when it begins with a hash; line numbers still count it.
print("runs", debug.getinfo(1, "l").currentline)
print(#"a hash elsewhere is the length operator")
local ok, msg = load("#!first line\nreturn 'in load'")
-- load itself does not skip such lines; only loading of files does.
print(ok, msg)
