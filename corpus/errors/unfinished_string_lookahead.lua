-- Found while looking ahead for an equals sign.
local t = {name
  "no end
}
