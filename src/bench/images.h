/*
 * images.h - commands about image files: image.show, image.diff, image.check. Private to bench/.
 *
 * Layer   bench. Each is one worker with one request (worker/images.h), its answer passed on.
 */
#ifndef BENCH_IMAGES_H
#define BENCH_IMAGES_H
#include "bench/hub.h"

/* One request to a worker of its own; its answer is the call's. Steals params. */
enum err images_ask(struct command_call *c, const char *method, json_t *params,
    struct err_msg *why);

extern const struct command bench_image_commands[];

#endif
