/*
 * capture.h - a program of ours or of the user's, run to its end for what it prints.
 *
 * Layer   cli. Blocking. Its errors go to our stderr.
 */
#ifndef CLI_CAPTURE_H
#define CLI_CAPTURE_H
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "core/json.h"

/* *status: as in a shell. More than the buffer may hold is ERR_LIMIT, and the program is ended. */
enum err capture(const char *const *argv, struct buf *out, int *status, struct err_msg *why);
/* The same, with what it says on stderr among it; after limit_ns it is ended: ERR_TIMEOUT. */
enum err capture_both(const char *const *argv, uint64_t limit_ns, struct buf *out, int *status,
    struct err_msg *why);
/* What `vise-script WORDS REST...` prints. */
enum err capture_words(const json_t *words, const char *const *rest, struct buf *out, int *status,
    struct err_msg *why);
/* What `vise-script WORDS REST...` prints, as JSON; words: of plugins_find; rest ends with NULL.
 * ERR_OK with *out NULL: it said itself what is wrong, *status is its exit status. */
enum err capture_plugin(const json_t *words, const char *const *rest, json_t **out, int *status,
    struct err_msg *why);
/* Prints what it says instead. */
enum err capture_say(const json_t *words, const char *const *rest, int *status,
    struct err_msg *why);
/* The same for what would be done to a board: there is no bench to ask for the USB devices. */
enum err capture_plan(const json_t *words, const char *const *rest, json_t **out, int *status,
    struct err_msg *why);

#endif
