#!/bin/sh
# The serial console beside picocom, minicom and tio: ingest, loss, keys under a flood, reopening, start, idle cost.
# Bars: design 9. Environment: BUILD (the build directory), MB (50), RIVALS ("picocom minicom tio").
command -v python3 >/dev/null 2>&1 || { echo "console: needs python3"; exit 77; }
exec python3 -B "$(dirname "$0")/console.py"
