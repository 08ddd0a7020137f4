/*
 * cli_goroutines.h - `vise goroutines`: dumps, panics and live programs; who waits, why, and who
 * leaks.
 *
 * Layer   cli. The work is a worker's (worker/goroutines.h).
 */
#ifndef CLI_CLI_GOROUTINES_H
#define CLI_CLI_GOROUTINES_H

/* The exit status; with --check 1 when one is flagged. */
int cli_goroutines(int argc, char **argv);

#endif
