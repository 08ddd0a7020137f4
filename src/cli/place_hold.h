/*
 * place_hold.h - `vise place hold NAME`: a place for a script, which has this as a job.
 *
 * Layer   cli. Says in a line of JSON what it got, { place: FACTS, until, left } or { error }, and
 *         holds it until SIGTERM, which gives it back: so it goes with the script, however that
 *         ends. When the place is lost first, a second line says { error }, and it ends.
 */
#ifndef CLI_PLACE_HOLD_H
#define CLI_PLACE_HOLD_H
#include "cli/cli.h"

int      place_hold(struct cli_call *c);

#endif
