local price = $5
