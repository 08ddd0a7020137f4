/*
 * image_check.h - would this image run on that board? Every reason against it.
 *
 * Layer   worker. facts: elf/image.h; the result is that of image.check (worker/images.h), a new
 *         reference.
 */
#ifndef WORKER_IMAGE_CHECK_H
#define WORKER_IMAGE_CHECK_H
#include <stdbool.h>
#include "core/json.h"

struct image_wants {
	const json_t *board;            /* a profile, or NULL */
	const char *libc, *kernel;      /* versions the board has, or NULL */
	/* the signature that is demanded ("" none), and its manifest or NULL */
	const char *demand, *sums;
	bool based;                     /* it is known where plain bytes begin */
};

json_t *image_check(const json_t *facts, const struct image_wants *w);

#endif
