/*
 * rsp_tap.h - the verbs of `vise rsp` that watch: tap and show.
 *
 * Layer   cli.
 */
#ifndef CLI_RSP_TAP_H
#define CLI_RSP_TAP_H
#include "cli/cli.h"

int cli_rsp_tap(struct cli_call *c);
int cli_rsp_show(struct cli_call *c);
/* PORT, HOST:PORT or a path (a unix socket); NULL: a free port of loopback. address: what it is. */
enum err cli_rsp_listen(const char *word, int *fd, char *address, size_t size,
    struct err_msg *why);
/* ":3333", "host:3333", "tcp:host:3333", a unix socket or a serial port, as transport.h spells it.
 * A heap string. */
char *cli_rsp_spec(const char *word);

#endif
