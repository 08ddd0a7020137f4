/*
 * script_wait.h - waiting for a script host that runs in the foreground.
 *
 * Layer   cli.
 */
#ifndef CLI_SCRIPT_WAIT_H
#define CLI_SCRIPT_WAIT_H
#include <sys/types.h>
#include "cli/client.h"
#include "cli/place_use.h"

/* Its exit status. Signals are passed on, its clean-up is waited for. When a place of use (or
 * NULL) is over, it is ended so: use->over. */
int script_wait(struct client *c, pid_t pid, struct place_use *use);

#endif
