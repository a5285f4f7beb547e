-- The name is taken in all nested blocks of the function.
::a::
do
  ::a::
end
