local a <close>, b, c <const>, d <close> = nil
