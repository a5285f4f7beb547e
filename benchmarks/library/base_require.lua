-- require of what is loaded
local N = tonumber((...)) or 5100
local require = require
package.preload.m = function() return { n = 1 } end
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + require("m").n end
end
print(sum)
