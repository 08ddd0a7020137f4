/*
 * image_fit.h - does an image lie in the memory of a board?
 *
 * Layer   worker.
 */
#ifndef WORKER_IMAGE_FIT_H
#define WORKER_IMAGE_FIT_H
#include "core/json.h"

/* A finding of a check: level "bad" or "warn". */
void    image_finding(json_t *findings, const char *level, const char *check, const char *why, ...)
    __attribute__((format(printf, 4, 5)));
/* [{region, base, size, used, ram}] of the board's memory; what lies outside is a finding. */
json_t *image_fit(const json_t *facts, const json_t *memory, json_t *findings);
/* The region of an address, or NULL; its name into *name. */
const json_t *image_region(const json_t *memory, uint64_t addr, const char **name);

#endif
