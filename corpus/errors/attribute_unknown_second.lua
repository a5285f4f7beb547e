local a <const>, b <weak> = 1, 2
