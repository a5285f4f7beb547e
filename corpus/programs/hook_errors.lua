-- Errors that hooks raise, from the n-th event on: a protected call that is over catches none.
local function try(protect, mask, first)
  local n = 0
  local function hook(event)
    n = n + 1
    if n >= first and n < 40 then error(event .. n, 0) end
  end
  local co = coroutine.create(function()
    debug.sethook(hook, mask)
    local results = table.pack(protect())
    debug.sethook()
    return table.unpack(results, 1, results.n)
  end)
  print(mask, first, coroutine.resume(co))
  print(n, coroutine.status(co))
end

local function inner(...) return ... end
local protections = {
  function() return pcall(inner, 1, 2) end,
  function() return xpcall(inner, function(m) return "handled " .. m end, 1) end,
  function() return pcall(error, "own") end,
  function() return xpcall(error, function(m) return "handled " .. m end, "own") end,
  function() return pcall(pcall, inner) end,
  function() return pcall(pcall, error) end,
  function() return pcall(coroutine.wrap(inner), 3) end,
  function() return select("#", pcall(string.gsub, "abc", ".", inner)) end,
}
for i, protect in ipairs(protections) do
  for _, mask in ipairs { "c", "r", "cr", "crl" } do
    for first = 1, 9 do
      io.write(i, " ")
      try(protect, mask, first)
    end
  end
end
