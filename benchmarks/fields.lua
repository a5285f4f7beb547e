-- records without methods: nested fields, updates in place, fields added later, optional fields
local N = tonumber((...)) or 400
local function account(i)
  return {
    id = i, balance = 1000 + i, currency = i % 3 == 0 and "EUR" or "USD",
    owner = { name = "owner" .. i, address = { city = "c" .. i % 7, zip = 10000 + i } },
    limits = { daily = 500, monthly = 4000, used = { daily = 0, monthly = 0 } },
  }
end
local bank = { accounts = {}, stats = { moved = 0, refused = 0, fees = { fixed = 0, scaled = 0.0 } } }
for i = 1, 200 do bank.accounts[i] = account(i) end
local function transfer(from, to, amount)
  local used = from.limits.used
  if from.balance < amount or used.daily + amount > from.limits.daily then
    bank.stats.refused = bank.stats.refused + 1
    from.refusals = (from.refusals or 0) + 1
    return false
  end
  from.balance = from.balance - amount
  used.daily = used.daily + amount
  used.monthly = used.monthly + amount
  to.balance = to.balance + amount
  if from.currency ~= to.currency then
    bank.stats.fees.fixed = bank.stats.fees.fixed + 1
    bank.stats.fees.scaled = bank.stats.fees.scaled + amount * 0.01
  end
  bank.stats.moved = bank.stats.moved + amount
  to.last = from
  return true
end
local function new_day()
  for i = 1, #bank.accounts do
    local a = bank.accounts[i]
    a.limits.used.daily = 0
    if a.last and a.last.owner.address.city == a.owner.address.city then a.balance = a.balance + 1 end
  end
end
local x = 1
for day = 1, N do
  for i = 1, 10000 do
    x = (x * 16807) % 2147483647
    local from, to = bank.accounts[x % 200 + 1], bank.accounts[x // 200 % 200 + 1]
    transfer(from, to, x % 97)
  end
  new_day()
end
local sum, refusals = 0, 0
for _, a in ipairs(bank.accounts) do
  sum = sum + a.balance + a.owner.address.zip
  refusals = refusals + (a.refusals or 0)
end
print(sum, refusals, bank.stats.moved, bank.stats.fees.fixed, string.format("%.2f", bank.stats.fees.scaled))
