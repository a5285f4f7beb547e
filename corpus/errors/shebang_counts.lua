#!/usr/bin/env lua
-- The first line is skipped but counted.
local = 3
