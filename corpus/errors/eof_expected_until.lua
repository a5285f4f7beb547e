local x
until x
