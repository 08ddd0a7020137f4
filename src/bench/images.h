/*
 * images.h - commands about image files: image.show, image.diff, image.check. Private to bench/.
 *
 * Layer   bench. Each is one worker with one request (worker/images.h), its answer passed on.
 */
#ifndef BENCH_IMAGES_H
#define BENCH_IMAGES_H
#include "bench/hub.h"

extern const struct command bench_image_commands[];

#endif
