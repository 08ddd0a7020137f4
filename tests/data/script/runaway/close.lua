-- expect: 7 budget
local g <close> = setmetatable({}, { __close = function() while true do end end })
error("x")
