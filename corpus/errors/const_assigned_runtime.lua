local now <const> = print
now = nil
