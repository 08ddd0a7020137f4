-- expect: 7 budget
pcall(table.sort, { 3, 1, 2 }, function() while true do end end)
while true do pcall(string.gsub, "x", "x", function() while true do end end) end
