/*
 * images.h - the worker's requests about image files.
 *
 * Layer   worker. *result is a new reference, set on ERR_OK only.
 * image.show   {path, base?, symbols? (40)}: the facts of elf/image.h, and path
 * image.diff   {a, b, base?}: {a, b: {path, bytes, sizes, ...}, sections, packages, symbols:
 *              [{name, a, b, delta}] largest change first, go: [{name, a, b}] of version and
 *              settings}
 * image.check  {path, board?, libc?, kernel?, base?}: {path, kind, arch, bytes, fits, findings:
 *              [{level: "bad" "warn", check, why}], usage: [{region, base, size, used, ram}]};
 *              board: the whole profile. fits: no finding is bad.
 */
#ifndef WORKER_IMAGES_H
#define WORKER_IMAGES_H
#include "base/err.h"
#include "core/json.h"

enum err images_show(const json_t *params, json_t **result, struct err_msg *why);
enum err images_diff(const json_t *params, json_t **result, struct err_msg *why);
enum err images_check(const json_t *params, json_t **result, struct err_msg *why);

#endif
