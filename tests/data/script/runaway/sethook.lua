-- expect: 2 usage
debug.sethook()
while true do end
