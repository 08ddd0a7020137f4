#!/bin/sh
# `vise rsp tap` between a real gdb and a QEMU board beside the same without it. Bars: design 9. Environment:
# BUILD (the build directory), ROUNDS (7).
command -v python3 >/dev/null 2>&1 || { echo "rsp: needs python3"; exit 77; }
exec python3 -B "$(dirname "$0")/rsp.py"
