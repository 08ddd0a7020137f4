/*
 * cli_pprof.h - `vise pprof top|info|grab`.
 *
 * Layer   cli. argv[0] is "pprof". Returns the exit status (design 8); errors are one line on
 *         stderr, or {"error":{...}} on stdout with --json.
 * Note    --base A B compares like `go tool pprof -diff_base A B`: that is what people want from a
 *         base. go's -base is --subtract-base.
 */
#ifndef CLI_CLI_PPROF_H
#define CLI_CLI_PPROF_H

int cli_pprof(int argc, char **argv);
extern const char cli_pprof_usage[];

#endif
