-- Labels inside a block are not visible outside.
do ::inner:: end
goto inner
