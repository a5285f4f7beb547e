print "x"
end
