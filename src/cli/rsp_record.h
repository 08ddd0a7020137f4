/*
 * rsp_record.h - reading what `vise rsp tap --save` wrote, for show and replay.
 *
 * Layer   cli. The format is in rsp_log.h.
 */
#ifndef CLI_RSP_RECORD_H
#define CLI_RSP_RECORD_H
#include "core/json.h"

/* Each row but the head; ERR_FORMAT of row() is told with the line. The last line of a tap that was
 * killed may be half a one. */
enum err rsp_record_each(const char *path, enum err (*row)(void *arg, const json_t *row,
    struct err_msg *why), void *arg, struct err_msg *why);

#endif
