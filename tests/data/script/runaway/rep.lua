-- expect: 7 memory
local s = ("x"):rep(1e9)
print(#s)
