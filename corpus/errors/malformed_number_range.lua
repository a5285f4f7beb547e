-- Concatenation of numerals needs blanks.
for i = 1..10 do end
