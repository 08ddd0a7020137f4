/*
 * fetch.h - one HTTP request, a GET unless said otherwise, with every deadline and ceiling set
 * (libcurl).
 *
 * Layer   fetch; runs in the vise-fetch process only, blocking.
 * Safety  http, https and unix sockets; redirects to http and https only, at most 5; no netrc,
 *         cookies, proxy from the environment; bodies and headers counted as they come; content
 *         codings are not undone (a profile is gzip already, its own reader caps that).
 *         research/reliability.md T19.
 * Errors  ERR_USAGE (bad URL), ERR_NOENT (host, 404), ERR_LOST (connection refused or reset),
 *         ERR_TIMEOUT, ERR_LIMIT, ERR_EOF (body cut short), ERR_DENIED (401, 403), ERR_PROTO,
 *         ERR_IO (other statuses).
 */
#ifndef FETCH_FETCH_H
#define FETCH_FETCH_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

struct tunnel;

/* What stays between requests to one place: the connection, and the ssh it goes through. Ended by
 * route_forget(). */
struct fetch_kept {
	void *curl;
	struct tunnel *tunnel;
	char *whom;                     /* "HOST PORT" of the tunnel */
};

struct fetch_request {
	/* for route.h: the place (core/place.h), what of it (NULL: its own), and how */
	const char *source, *profile, *query;
	bool gc;
	/* for fetch_get: what libcurl is given; through a unix socket, or through a port of
	 * 127.0.0.1 (then redirects are not followed), and who is told when it has connected, from
	 * which port of ours, also when it has used a kept connection again (NULL: nobody) */
	const char *url, *socket;
	uint16_t through;
	bool (*connected)(void *arg, uint16_t port);
	void *connected_arg;
	/* for the whole; 0: 60 s, longer when the URL asks for seconds=N */
	uint64_t timeout_ms;
	uint64_t connect_ms;            /* 0: 5 s */
	/* less than 1 byte/s for so long; 0: 15 s (and seconds=N) */
	uint64_t silence_ms;
	uint64_t max_bytes;             /* of the body; 0: LIMIT_HTTP_BODY */
	struct fetch_kept *kept;        /* NULL: everything ends with the request */
	/* plain: any status is an answer, and no redirect is followed; then also what is sent:
	 * method NULL is GET, headers are "Name: value" (NULL-terminated, or NULL) */
	bool plain;
	const char *method, *body;
	size_t body_n;
	const char *const *headers;
};

struct fetch_result {
	uint64_t bytes;
	uint64_t ns;                    /* from start to last byte */
	uint64_t wait_ns;               /* from start to first byte: what the program took */
	int64_t  date;                  /* by the server's clock, seconds since 1970; 0: not told */
	long     status;
	char     location[512];         /* plain: where it redirects to, or "" */
	char     content_type[64];
	char     address[512];          /* where it was found; of route.h */
};

/* Takes a piece of the body; false (disk full, reader gone) ends the transfer with ERR_IO. */
typedef bool (*fetch_sink)(void *arg, const void *p, size_t n);

enum err fetch_get(const struct fetch_request *r, fetch_sink sink, void *arg,
    struct fetch_result *result, struct err_msg *why);
/* Ends the connection that is kept. */
void     fetch_forget(struct fetch_kept *kept);

#endif
