local t = {, 1}
