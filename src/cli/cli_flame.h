/*
 * cli_flame.h - `vise pprof flame`: a flame graph in the terminal, or written for other programs.
 *
 * Layer   cli. The work is done by a worker process; see worker/flame.h and worker/export.h.
 */
#ifndef CLI_CLI_FLAME_H
#define CLI_CLI_FLAME_H

extern const char cli_flame_usage[];

/* argv[0] is "flame". Returns the exit status. */
int cli_flame(int argc, char **argv);

#endif
