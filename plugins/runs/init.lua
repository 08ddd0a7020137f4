-- runs: workflows that take their time. Each file declares one.
for _, name in ipairs { "boot", "flash", "gc", "leak", "alarm", "sizes", "soak", "thermal" } do require(name) end
