/*
 * place_bench.h - a place that a bench holds: as long as it runs, whoever comes and goes.
 *
 * Layer   cli. The bench gets the job "place NAME" (place_hold.h), of a kind that keeps no bench
 *         alive. When the place is lost the job ends, and the bench gives up what is tied to it,
 *         and says so to everybody.
 */
#ifndef CLI_PLACE_BENCH_H
#define CLI_PLACE_BENCH_H
#include "base/err.h"
#include "cli/args.h"
#include "cli/client.h"
#include "cli/place_use.h"
#include "core/json.h"

/* The word behind "place:", all of "labgrid:NAME", or NULL: no place. */
const char *place_bench_word(const char *target);
/* The description of the place, of several that fit the first that is free: a new reference.
 * ERR_BUSY, with who has it, unless a->wait says to wait. */
enum err place_bench_find(const char *word, const struct place_args *a, json_t **row,
    struct err_msg *why);
/* The bench takes it: what labgrid knows of it goes into row, and the "hold", the job that has it.
 * own: the bench is there for it, and gives all up when it is lost. */
enum err place_bench_hold(struct client *k, json_t *row, const struct place_args *a, bool own,
    struct err_msg *why);
/* In another's bench: the console (or NULL) and the debug session (or 0) that go with it. */
enum err place_bench_tie(struct client *k, const json_t *row, const char *console, int64_t debug,
    struct err_msg *why);

#endif
