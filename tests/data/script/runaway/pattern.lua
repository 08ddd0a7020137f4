-- expect: 7 in one call
string.find(("a"):rep(2000), ".-.-.-.-b")
