/*
 * dump_table.h - what the parsers of dump.h put goroutines in with.
 *
 * Layer   pprof, private to this folder.
 */
#ifndef PPROF_DUMP_TABLE_H
#define PPROF_DUMP_TABLE_H
#include "pprof/dump.h"

/* One goroutine, or one group of a profile, as it is read. */
struct dump_item {
	struct dump_goroutine g;        /* stack is filled by dump_put */
	struct dump_frame *frame;       /* DUMP_DEPTH_MAX of them */
	uint32_t frames, elided;
	struct dump_frame creator;
};

struct dump *dump_new(enum dump_source source);
bool dump_put(struct dump *d, const struct dump_item *item);    /* false: no memory */
/* Forgets the goroutines, for the next dump of the same text. */
void dump_clear(struct dump *d);
enum err dump_no_memory(const char *what, struct err_msg *why);

#endif
