/*
 * link.h - the bytes between Vise and a shell on a board: a child process or a serial console.
 *
 * Layer   gauge. One link is one connection; making it again is the owner's business (board.h).
 * Specs   child: "ssh:[USER@]HOST", "ssh://[USER@]HOST[:PORT]", the user's own ssh, with their
 *         configuration, keys and jump hosts; it never asks (BatchMode). "exec:PROGRAM ARG...":
 *         words, never a shell string; the program gives a POSIX shell on its stdin and stdout.
 *         console: "serial:PORT[@BAUD]" (115200), where somebody is logged in. The sampler runs in
 *         a shell below theirs, which ends with the link: theirs is handed back as it was.
 * Order   callbacks come from the loop. `over` is the last one; then the owner closes.
 */
#ifndef GAUGE_LINK_H
#define GAUGE_LINK_H
#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"
#include "loop/loop.h"

struct link_cb {
	void (*ready)(void *arg);       /* a shell listens */
	void (*bytes)(void *arg, const char *p, size_t n);
	void (*over)(void *arg, const struct err_msg *why);
};

struct link;

/* One kind of link; each is a file of its own. */
struct link_ops {
	const char *scheme;             /* "ssh:" */
	enum err (*check)(const char *spec, struct err_msg *why);
	/* with: who made the link_use, for kinds that are not in link_find(). */
	struct link *(*open)(struct loop *l, const char *spec, void *with,
	    const struct link_cb *cb, void *arg, struct err_msg *why);
	/* What cannot be sent ends the link. */
	void (*write)(struct link *k, const char *p, size_t n);
	void (*close)(struct link *k);
	unsigned (*baud)(const struct link *k);         /* 0: as fast as it goes */
	/* Of a link that others use as well; NULL otherwise. */
	bool (*may)(struct link *k);                    /* a round may begin now */
	void (*idle)(struct link *k);                   /* the round is over */
};

/* A kind of link that the owner of the gauges brings along. */
struct link_use {
	const struct link_ops *ops;
	void *with;
};

/* The kind that spec names, or NULL with the reason. */
const struct link_ops *link_find(const char *spec, struct err_msg *why);

#endif
