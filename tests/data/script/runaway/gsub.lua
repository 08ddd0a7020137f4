-- expect: 7 in one call
local s = ("a"):rep(20000)
s:gsub(".-.-b", "")
