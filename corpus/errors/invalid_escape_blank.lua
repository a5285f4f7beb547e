local s = "a\ b"
