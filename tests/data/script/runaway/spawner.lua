-- expect: 7 memory|budget
local vise = require "vise"
local keep = {}
while true do keep[#keep + 1] = coroutine.create(function() end) end
