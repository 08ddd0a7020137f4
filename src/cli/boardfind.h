/*
 * boardfind.h - which board profiles fit what is known of a target.
 *
 * Layer   cli. boards: rows of plugins_boards(). An answer is { by, seen, boards: [id], board? }:
 *         board is there when it is the only one. New references.
 */
#ifndef CLI_BOARDFIND_H
#define CLI_BOARDFIND_H
#include "base/err.h"
#include "core/json.h"

/* by: "usb" (VID:PID), "product", "model", "compatible" (words), "gmr", "volume". */
enum err boardfind_ask(const json_t *boards, const char *by, const char *seen, json_t **answer,
    struct err_msg *why);
/* What the ports of this machine and its own device tree say. */
enum err boardfind_here(const json_t *boards, json_t *answers, struct err_msg *why);
/* The same for model and compatible, as text of a board's /proc/device-tree (NUL or line ends). */
void     boardfind_tree(const json_t *boards, const char *model, const char *compatible,
    json_t *answers);

#endif
