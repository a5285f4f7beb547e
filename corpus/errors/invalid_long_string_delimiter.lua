-- Two levels but no second bracket.
local s = [==
