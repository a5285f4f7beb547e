local s = "path\queue"
