-- expect: 124 deadline
local vise = require "vise"
while true do pcall(vise.sleep, 100) end
