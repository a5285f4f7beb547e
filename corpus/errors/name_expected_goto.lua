goto 10
