-- Blanks are skipped up to the end of the file.
local s = "skips \z
   

