/*
 * decoders.h - what the consoles' lines mean: crashes with their places in the program.
 * Private to bench/.
 *
 * Layer   bench. The newest DECODERS_KEPT records are kept; raw logs are never changed.
 * Record  {id, console, stream, decoder, level: "info" "warn" "crash", offset, last, end, t, title,
 *         rows: [{text} or {role, addr, call?, own?, frames?: [{func, file, line, inline?}]}],
 *         place?: {func, file, line}, elf?, why?}: event "decoded" {decoded}, again with the same
 *         id when its addresses are known. place is the first that is the program's own.
 * ELF     the option decode.elf, else what board.flash was given, else the board profile's `elf`.
 */
#ifndef BENCH_DECODERS_H
#define BENCH_DECODERS_H
#include "bench/follow.h"

enum { DECODERS_KEPT = 200 };

void    decoders_open(struct bench *b);
void    decoders_close(struct bench *b);
json_t *decoders_json(const struct bench *b);           /* all records; new reference */
void    decoders_found(void *follow, const struct decode_record *r);
/* The program in use, borrowed; NULL: none. */
const char *decoders_elf(const struct bench *b);
/* An image was given to the board: addresses are looked up in it, or in the .elf beside it. */
void    decoders_flashed(struct bench *b, const char *file);

extern const struct command bench_decode_commands[];

#endif
