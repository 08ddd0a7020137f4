/*
 * tagroot.h - pseudo frames made of labels, at the root or the leaf of each sample.
 *
 * Layer   pprof, private to this folder. Owns the texts it makes: tagroot_fini.
 * Source  google/pprof internal/driver/tagroot.go: every sample gets one frame per key; a sample
 *         without the key gets one without a name.
 */
#ifndef PPROF_TAGROOT_H
#define PPROF_TAGROOT_H
#include <stdbool.h>
#include "base/buf.h"
#include "base/hash.h"
#include "pprof/cursor.h"

struct tagroot_frame { struct slice value, key; };

struct tagroot {
	struct slice *root, *leaf;      /* keys */
	size_t root_count, leaf_count;
	struct slice unit;
	bool   root_met, leaf_met;      /* some sample has such a label */
	struct hmap index;              /* text and key to frame */
	struct tagroot_frame *frame;
	uint32_t count, cap;
	struct buf scratch;
};

void     tagroot_init(struct tagroot *t, const char *root, const char *leaf, const char *unit);
void     tagroot_fini(struct tagroot *t);
bool     tagroot_wanted(const struct tagroot *t);
/* Looks at all samples of p; afterwards frame[] has all that tagroot_find can give. */
enum err tagroot_add(
    struct tagroot *t, const struct pprof_profile *p, const char *what, struct err_msg *why);
/* The frame of one sample for a key; ERR_MEMORY. */
enum err tagroot_find(struct tagroot *t, const struct pprof_profile *p,
                      const struct pprof_sample *s, struct slice key, uint32_t *frame, bool *met);

#endif
