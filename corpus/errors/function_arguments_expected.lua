local s = ("x"):upper
