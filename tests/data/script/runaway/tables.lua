-- expect: 7 memory|budget
local t = {}
for i = 1, 1e10 do t[i] = { i, tostring(i) } end
