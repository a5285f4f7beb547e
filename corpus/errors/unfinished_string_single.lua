-- The apostrophe ends the string; a second one begins and never ends.
print('it's')
