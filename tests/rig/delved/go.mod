module delved

go 1.18
