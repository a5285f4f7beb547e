if true then goto other else ::other:: end
