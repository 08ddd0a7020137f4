-- expect: 7 memory|budget
local s = "x"
while true do s = s .. s end
