-- expect: 7 script
debug.sethook()
while true do end
