/*
 * svd.h - a chip's peripherals, registers and fields out of its maker's CMSIS-SVD file.
 *
 * Layer   svd. svd_open gives one handle, svd_close ends it; it keeps nothing of the bytes. Texts
 *         of rows last for their callback only, those marked "kept" as long as the handle.
 * Source  CMSIS-SVD schema 1.3.10: derivedFrom, dim, dimIncrement and dimIndex of peripherals,
 *         clusters, registers and fields; bit ranges as lsb and msb, bitOffset and bitWidth,
 *         [msb:lsb]; size, access, protection and resetValue are handed down.
 * Bounds  tree.h; at most SVD_ROWS registers, fields and values for one call, SVD_CLUSTERS deep,
 *         derived over at most SVD_HOPS steps. A file is hostile: what is missing or makes no
 *         sense is told in `bad` of its row, and never guessed.
 */
#ifndef SVD_SVD_H
#define SVD_SVD_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

enum { SVD_ROWS = 1 << 20, SVD_CLUSTERS = 8, SVD_HOPS = 8, SVD_NAME = 256, SVD_DIM = 65536 };

struct svd;

struct svd_peripheral {
	char name[SVD_NAME];
	const char *what, *group, *from;        /* kept, or NULL; from: what it is derived from */
	uint64_t addr;
	const char *bad;                        /* why it has no address, or NULL */
	uint32_t node;                          /* svd's own */
};

enum err svd_open(const char *p, size_t n, const char *file, struct svd **out,
    struct err_msg *why);
void     svd_close(struct svd *s);                      /* NULL is fine */
const char *svd_device(struct svd *s, const char **what);       /* its name; kept, or NULL */

/* A callback that gives false ends the walk. ERR_LIMIT: it would never end. */
enum err svd_peripherals(struct svd *s, bool (*cb)(void *arg, const struct svd_peripheral *p),
    void *arg, struct err_msg *why);

/* Does `want` mean the register or what it is part of? The letters' case does not matter;
 * "DMA.CH" means each of its channels. A field behind it: *field is its name in want. */
bool svd_means(const char *want, const char *name, const char **field);

#endif
