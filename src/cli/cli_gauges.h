/*
 * cli_gauges.h - `vise gauges`: samples of this machine, one JSON object (or CSV row) a line.
 *
 * Layer   cli. Needs no bench: it has a gauge set of its own.
 * Exit    0 · 2 usage · 3 no such folder, output failed · 5 with --once: no such process ·
 *         130/143 interrupted.
 */
#ifndef CLI_CLI_GAUGES_H
#define CLI_CLI_GAUGES_H

int cli_gauges(int argc, char **argv);  /* argv[0] is "gauges" */

#endif
