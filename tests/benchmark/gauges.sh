#!/bin/sh
# The gauges beside htop, btop and top: CPU, memory, bytes to the terminal, first frame; and what one sample costs.
# Bars: design 9. Environment: BUILD (the build directory), SECONDS_EACH (12), RIVALS ("htop btop top").
command -v python3 >/dev/null 2>&1 || { echo "gauges: needs python3"; exit 77; }
exec python3 -B "$(dirname "$0")/gauges.py"
