-- expect: 7 budget
while true do end
