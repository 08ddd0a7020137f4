/*
 * allow.h - what a plugin may ask of the bench: "needs" of its plugin.json, held against every
 * request it makes.
 *
 * Layer   script. A script that the user named has no manifest and no limits here. What a manifest
 *         can ask for: vise-plugin(5). Closed by default: a command that no row below knows needs
 *         "commands". The interpreter is no boundary against hostile code (research/lua.md 9):
 *         trust is, and the box of the process.
 */
#ifndef SCRIPT_ALLOW_H
#define SCRIPT_ALLOW_H
#include "base/err.h"
#include "core/json.h"

/* Every command of the line. manifest NULL: all is allowed. */
enum err allow_line(const json_t *manifest, const char *line, struct err_msg *why);
/* A command by its name, with its arguments as JSON. */
enum err allow_args(const json_t *manifest, const char *name, const json_t *args,
    struct err_msg *why);
/* One capability without a list: "serial". */
enum err allow_need(const json_t *manifest, const char *need, struct err_msg *why);
/* One of a list ("exec", "net", "fs", "usb", "commands"): an entry that is the value, or ends with
 * a star before which it is the same. */
enum err allow_value(const json_t *manifest, const char *need, const char *value,
    struct err_msg *why);

#endif
