/*
 * cli_trust.h - `vise plugin view|trust|deny|forget`: a project's code is seen before it may run.
 *
 * Layer   cli. There is no "yes to all" and no question to mistype an answer to: trusting takes the
 *         hash that the view has printed (research/lua.md 1.4).
 */
#ifndef CLI_CLI_TRUST_H
#define CLI_CLI_TRUST_H
#include "cli/cli.h"

int cli_trust(struct cli_call *c);          /* vise trust */
int cli_trust_view(struct cli_call *c);
int cli_trust_allow(struct cli_call *c);
int cli_trust_deny(struct cli_call *c);
int cli_trust_forget(struct cli_call *c);

#endif
