/*
 * host_open.h - making and ending a host: its state, with our libraries and the module `vise`.
 *
 * Layer   script. struct host is embedded by its owner; host_fini ends it whole.
 */
#ifndef SCRIPT_HOST_OPEN_H
#define SCRIPT_HOST_OPEN_H
#include "script/host.h"

void host_defaults(struct host_options *o);
enum err host_open(
    struct host *h, struct loop *l, const struct host_options *o, struct err_msg *why);
void host_fini(struct host *h);
/* Loads the runtime's files (lua/vise/NAME.lua under dir) and makes the module `vise`. */
enum err host_runtime(struct host *h, const char *dir, struct err_msg *why);
/* Starts runtime function `name` of the core table as a task with one argument taken from the top
 * of h->L. */
struct task *host_start(struct host *h, const char *name, struct err_msg *why);

#endif
