do
  goto f
  local function helper() end
  ::f:: helper()
end
