-- Three digits are read, the fourth is shown with them.
local s = "ok\255 bad\9999"
