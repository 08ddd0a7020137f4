-- broken_test.lua - cannot be read.
local x = = 1
