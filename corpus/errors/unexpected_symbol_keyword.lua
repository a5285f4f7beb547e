local x = then
