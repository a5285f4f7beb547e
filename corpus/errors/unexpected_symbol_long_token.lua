local x = 1
"a string token that is quite long and appears in full in the message, however long it may be, because nothing shortens tokens: 0123456789 0123456789"
