local o = {}
o:1()
