-- expect: 7 budget|memory
local function f() while true do pcall(f) end end
f()
