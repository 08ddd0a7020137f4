/*
 * complete.h - `vise complete -- WORD...`: what may stand next on a command line, for the shells.
 *
 * Layer   cli. The last word is the one being typed. Prints "WORD<TAB>HELP" a line; a line ":files"
 *         says that files may stand there too. The completions of bash, zsh and fish (share/) only
 *         ask this, so that there is one table; tests/cli/complete.t holds it against the help.
 */
#ifndef CLI_COMPLETE_H
#define CLI_COMPLETE_H
#include "cli/cli.h"

int cli_complete(struct cli_call *c);

#endif
