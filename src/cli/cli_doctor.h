/*
 * cli_doctor.h - what is missing on this machine, each with the line that mends it.
 *
 * Layer   cli. Exit 0 · 3 something Vise itself needs is not there.
 */
#ifndef CLI_CLI_DOCTOR_H
#define CLI_CLI_DOCTOR_H
#include "cli/cli.h"

int cli_doctor(struct cli_call *c);

#endif
