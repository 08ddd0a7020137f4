module leakd

go 1.19
