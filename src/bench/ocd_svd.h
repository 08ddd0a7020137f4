/*
 * ocd_svd.h - peripheral registers by their names in the chip's SVD file. Private to bench/.
 *
 * Layer   bench. The command is bench_ocd_svd_commands of hub.h; ocd.regs, ocd.read and ocd.write
 *         come here for names. The file is read by the worker (worker/svds.h).
 * File    the one that ocd.svd file= was given, or the debug session (launch.json's svdFile); else
 *         svd of the board profile, or of its debug.
 * Reading is by one access of the register's own size each, while the core runs where it allows
 *         that. A register whose reading does something (readAction), that can only be written or
 *         that only secure accesses reach is not read: its row says so in why; effects=on reads
 *         those of the first and the last kind too.
 * Row     worker/svds.h, and value "0x..." where it was read.
 */
#ifndef BENCH_OCD_SVD_H
#define BENCH_OCD_SVD_H
#include "bench/ocd.h"

/* Borrowed; NULL: none is known. */
const char *ocd_svd_file(const struct bench *b);
/* Taken for the bench from now on. */
void        ocd_svd_use(struct bench *b, const char *file);
/* What a session's plan says: its svd, else that of its board's profile. */
void        ocd_svd_plan(struct bench *b, const json_t *plan);

/* Reads and answers the call with rows (as {registers: rows} when `wrapped`), or goes on with
 * `otherwise` when the file knows none of the names, or there is no file. */
void ocd_svd_read(struct command_call *c, const json_t *names, bool wrapped,
    void (*otherwise)(struct command_call *c));
/* Writes one register whole, or goes on with `otherwise`. */
void ocd_svd_write(struct command_call *c, const char *name, const json_t *values,
    void (*otherwise)(struct command_call *c));

#endif
