/*
 * spans.h - the addresses an image fills, merged.
 *
 * Layer   elf. Sizes in bytes; overlaps are counted and merged away by spans_close.
 */
#ifndef ELF_SPANS_H
#define ELF_SPANS_H
#include <stddef.h>
#include <stdint.h>
#include "core/json.h"

enum { SPANS_SHOWN = 256 };             /* in JSON; the rest is a number */

struct span { uint64_t addr, size; };
struct spans { struct span *v; size_t n, cap, overlaps; };

void     spans_add(struct spans *s, uint64_t addr, uint64_t size);
/* Sorts and merges what touches. To be called once, before the functions below. */
void     spans_close(struct spans *s);
void     spans_fini(struct spans *s);
uint64_t spans_bytes(const struct spans *s);
/* "ranges": [[addr, size]], "payload": bytes, "overlaps" and "more_ranges" when there are any. */
void     spans_put(const struct spans *s, json_t *o);

#endif
