/*
 * web.h - HTTP GETs through a vise-fetch of our own that stays (fetch/session.h).
 *
 * Layer   gauge. Links no libcurl; never blocks. One request at a time. The process is started with
 *         the first and again after its end; it ends with web_free(), and with us.
 * Bounds  WEB_BODY bytes of body; a process that is silent past the deadline is ended.
 * Order   callbacks come from the loop: pieces of the body, then done, once.
 */
#ifndef GAUGE_WEB_H
#define GAUGE_WEB_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "loop/loop.h"

enum { WEB_BODY = 2 << 20, WEB_ADDRESS = 512 };

struct web_cb {
	void (*body)(void *arg, const char *p, size_t n);
	/* date: by the server's clock, seconds since 1970, 0: not told; why NULL: all came. */
	void (*done)(void *arg, int64_t date, const struct err_msg *why);
};

struct web;

struct web *web_new(struct loop *l, const struct web_cb *cb, void *arg);
void web_free(struct web *w);
/* url: a place (core/place.h); profile: NULL, or as place_url() has it. Not while one is under
 * way. An error is told here and not by done(). */
enum err web_ask(struct web *w, const char *url, const char *profile, uint64_t timeout_ms,
    struct err_msg *why);

#endif
