local t = {}
t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print],
  t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print],
  t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print],
  t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print],
  t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print],
  t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print],
  t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print],
  t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print],
  t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print],
  t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print], t[print] = f()
