local x <5> = 1
