/*
 * cli_bench.h - benches: open, attach, ls, kill, demo.
 *
 * Layer   cli.
 */
#ifndef CLI_CLI_BENCH_H
#define CLI_CLI_BENCH_H
#include "cli/cli.h"

int cli_open(struct cli_call *c); /* vise [TARGET] */
int cli_attach(struct cli_call *c);
int cli_ls(struct cli_call *c);
int cli_kill(struct cli_call *c);
int cli_demo(struct cli_call *c);

#endif
