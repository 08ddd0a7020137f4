/*
 * cli_series.h - `vise pprof series`: which stacks grow over several snapshots.
 *
 * Layer   cli. The work is a worker's (worker/series.h).
 */
#ifndef CLI_CLI_SERIES_H
#define CLI_CLI_SERIES_H

int cli_series(int argc, char **argv);  /* the exit status; --check: 1 when there is a leak */

#endif
