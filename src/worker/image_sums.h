/*
 * image_sums.h - is a file the one that a manifest of SHA-256 sums means?
 *
 * Layer   worker. A manifest is what sha256sum(1) writes: "SUM  NAME" in each line; it is
 *         hostile, as the file is. That a manifest is somebody's, only its signature says.
 */
#ifndef WORKER_IMAGE_SUMS_H
#define WORKER_IMAGE_SUMS_H
#include "core/json.h"

/* { file, state, has }: state is same, other (has: the sum there), unnamed or missing. sums: the
 * manifest; NULL: SHA256SUMS beside the file, else FILE.sha256. New reference. */
json_t *image_sums(const char *path, const char *sha256, const char *sums);

#endif
