-- Short strings (up to 40 bytes) and long ones are loaded alike but index differently.
local s40 = "0123456789012345678901234567890123456789"
local s41 = "01234567890123456789012345678901234567890"
print(#s40, #s41, #"")

local t = {}
t["0123456789012345678901234567890123456789"] = "short key"
t["01234567890123456789012345678901234567890"] = "long key"
print(t[s40], t[s41])
print(t["0123456789012345678901234567890123456789"])
print(t["01234567890123456789012345678901234567890"])

-- Built at run time, equal content must find the same slot.
local built = string.rep("0123456789", 4)
print(t[built], t[built .. "0"], built == s40, built .. "0" == s41)

-- A long field name through an upvalue table cannot use the direct upvalue access.
local function get()
  return t.a_rather_long_field_name_that_does_not_fit_in_forty_bytes
end
t.a_rather_long_field_name_that_does_not_fit_in_forty_bytes = 7
print(get())

-- Embedded zeros count and compare.
local z1, z2 = "a\0b", "a\0c"
print(#z1, z1 < z2, z1 == "a\0b", z1:byte(1, -1))
t[z1] = 1
t[z2] = 2
print(t["a\0b"], t["a\0c"], t["a"])

-- The same text as key and value shares its constant.
local same = {name = "name", value = "name"}
print(same.name, same.value, same[same.name])

-- A global with a very long name is reached by a register key.
this_global_has_a_name_which_is_longer_than_forty_bytes = 11
this_global_has_a_name_which_is_longer_than_forty_bytes =
  this_global_has_a_name_which_is_longer_than_forty_bytes + 1
print(this_global_has_a_name_which_is_longer_than_forty_bytes)

print(("x"):rep(45) == "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")
