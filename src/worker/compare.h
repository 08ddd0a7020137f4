/*
 * compare.h - one profile, or two, loaded and brought to stacks: the first half of every request
 *         about pictures of them.
 *
 * Layer   worker. compare_open takes the parameters of profile_args.h (`base` means diff_base here:
 *         pictures need both sides); compare_close ends all.
 * Errors  those of reading, decoding and of stacks_make.
 */
#ifndef WORKER_COMPARE_H
#define WORKER_COMPARE_H
#include "core/json.h"
#include "pprof/flame.h"
#include "worker/profile_args.h"

struct compare {
	struct profile_args args;
	struct stacks *stacks;
};

/* granularity: "functions", "lines" ..., or NULL for the request's. */
enum err compare_open(struct compare *c, const json_t *params, const char *granularity,
    struct err_msg *why);
void     compare_close(struct compare *c);
/* only, width, columns, rows, zoom, from of a request; zoom: memory for zoom frames, or NULL. */
enum err compare_flame_options(const struct compare *c, const json_t *params,
    struct flame_options *o, uint32_t **zoom, struct err_msg *why);
/* type, unit, types, sums, sides: what every answer begins with. */
void     compare_put(const struct compare *c, json_t *o);

#endif
