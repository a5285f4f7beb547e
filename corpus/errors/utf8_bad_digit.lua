local s = "\u{12G4}"
