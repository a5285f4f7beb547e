repeat
