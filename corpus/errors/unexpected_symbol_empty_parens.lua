local x = ()
