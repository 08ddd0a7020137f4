/*
 * cli_test.h - `vise test`: Lua test files on one board or several, and the reports of it.
 *
 * Layer   cli. The tests run in a script host (lua/vise/runner.lua) that says what happens as
 *         JSON lines; reports and artefacts are made here, so that they are whole whatever ends
 *         the host.
 */
#ifndef CLI_CLI_TEST_H
#define CLI_CLI_TEST_H
#include "cli/cli.h"

int cli_test(struct cli_call *c);

#endif
