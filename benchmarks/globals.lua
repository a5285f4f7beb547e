-- a program that knows no local variables but loop counters: an inventory simulation in globals
size = tonumber((...)) or 300
stock, price, orders, log_lines = {}, {}, {}, 0
seed = 12345
function random(n)
  seed = (seed * 1103515245 + 12345) % 2147483648
  return seed % n + 1
end
function setup()
  for i = 1, items do
    stock[i] = 100
    price[i] = 5 + i % 17
  end
end
function log_event()
  log_lines = log_lines + 1
  if log_lines % 1000 == 0 then checkpoint() end
end
function checkpoint()
  checkpoints = checkpoints + 1
  checksum = (checksum * 31 + cash + shortage) % 1000000007
end
function sell()
  item = random(items)
  amount = random(9)
  if stock[item] >= amount then
    stock[item] = stock[item] - amount
    cash = cash + amount * price[item]
    log_event()
  else
    shortage = shortage + 1
    order(item)
  end
end
function order(which)
  n_orders = n_orders + 1
  orders[n_orders] = which
  if n_orders >= batch then deliver() end
end
function deliver()
  for i = 1, n_orders do
    current = orders[i]
    stock[current] = stock[current] + refill
    cash = cash - refill * price[current] // 2
  end
  n_orders = 0
  log_event()
end
items, batch, refill = 50, 8, 60
cash, shortage, n_orders, checkpoints, checksum = 0, 0, 0, 0, 0
setup()
day = 0
while day < size do
  day = day + 1
  for _ = 1, 8000 do sell() end
  total = 0
  for i = 1, items do
    total = total + stock[i] * price[i]
    average = total / i
  end
  checksum = (checksum + total) % 1000000007
end
print(cash, shortage, checkpoints, checksum, string.format("%.3f", average))
