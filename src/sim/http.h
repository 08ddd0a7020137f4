/*
 * http.h - the simulated program's debug server: HTTP/1.0 answers on a unix socket.
 *
 * Layer   sim. GET /debug/pprof/, /debug/pprof/heap, /debug/vars; everything else is 404. One
 *         request a connection.
 * Bounds  HTTP_CLIENTS connections, 8 KiB of request, five seconds each.
 */
#ifndef SIM_HTTP_H
#define SIM_HTTP_H
#include "base/buf.h"
#include "base/err.h"
#include "loop/loop.h"

struct http;
enum { HTTP_CLIENTS = 16 };

/* Writes the body of `path` (without the query) and says its type; false: there is no such page. */
typedef bool (*http_page)(void *arg, const char *path, struct buf *body, const char **type);

enum err http_open(struct loop *l, const char *socket_path, http_page page, void *arg,
    struct http **out, struct err_msg *why);
void     http_close(struct http *h);    /* NULL is fine; the socket file is the caller's */

#endif
