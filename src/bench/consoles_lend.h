/*
 * consoles_lend.h - a console's port lent to a program that needs it, and given back.
 * Private to bench/.
 *
 * Layer   bench. A loan ends with the job it was made for, with the client that asked for it, or
 *         by console.return: whatever ends first and however it ends.
 */
#ifndef BENCH_CONSOLES_LEND_H
#define BENCH_CONSOLES_LEND_H
#include "bench/consoles.h"

/* Closes the port and holds it back. to: who has it, for people. job 0 and client NULL: only
 * console.return ends it. ERR_BUSY while it is lent already. */
enum err consoles_lend(struct bench_console *k, const char *to, uint32_t job, const void *client,
    struct err_msg *why);
void     consoles_give_back(struct bench_console *k);
/* A job ended: what was lent to it is opened again. */
void     consoles_job_ended(struct bench *b, uint32_t job);
/* "lent to flash, job 3" */
void     consoles_lent_text(const struct bench_console *k, char *out, size_t size);
/* The console of this name, NULL: none. */
struct bench_console *consoles_named(const struct bench *b, const char *name);

extern const struct command bench_lend_commands[];

#endif
