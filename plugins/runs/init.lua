-- runs: workflows that take their time. Each file declares one.
for _, name in ipairs { "boards", "boot", "flash", "gc", "leak", "alarm", "sizes", "soak", "step", "thermal" } do require(name) end
