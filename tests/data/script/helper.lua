-- helper.lua - a module beside the script that requires it.
return { answer = 42 }
