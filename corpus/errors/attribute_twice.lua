local x <const> <close> = nil
