-- Only anonymous functions within expressions may lack a name.
function () end
