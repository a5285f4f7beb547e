::label
print "x"
