-- expect: 7 budget
local co = coroutine.wrap(function() while true do end end)
co()
