-- expect: 7 budget
while true do pcall(error, "x") end
