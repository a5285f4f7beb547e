::a::
print "x"
::a::
