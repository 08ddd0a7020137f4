-- expect: 2 usage
setmetatable({}, { __gc = function() while true do end end })
