/*
 * cli_doctor.h - what is missing on this machine, or on a board, each with the line that mends it.
 *
 * Layer   cli. Exit 0 · 3 something Vise itself needs is not there; of a board (ssh:HOST,
 *         serial:PORT, exec:PROGRAM, local; with --elf the program that is to run there): 0 · 1
 *         something is bad · 3 it does not answer.
 */
#ifndef CLI_CLI_DOCTOR_H
#define CLI_CLI_DOCTOR_H
#include "cli/cli.h"

int cli_doctor(struct cli_call *c);

#endif
