print(1, )
