/*
 * bundle_facts.h - the values of a snapshot of everything. Private to bench/.
 *
 * Layer   bench. New references and heap strings.
 */
#ifndef BENCH_BUNDLE_FACTS_H
#define BENCH_BUNDLE_FACTS_H
#include "bench/hub.h"

json_t *bundle_gauges(const struct bench *b);           /* [{id, name, unit, value}], newest */
json_t *bundle_consoles(const struct bench *b);         /* [{name, device, state, offset, log}] */
/* Copies what a SHOT knows of a profile into a PART. */
void    bundle_copy_facts(json_t *part, const json_t *shot);
json_t *bundle_shot(const json_t *manifest, const json_t *part);        /* the way back */
/* The file of that part when it was had, else NULL. */
char   *bundle_part_path(const json_t *manifest, const char *part);

#endif
