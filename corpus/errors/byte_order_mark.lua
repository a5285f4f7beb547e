-- A byte order mark is skipped when a file is loaded; a second is not.
﻿
