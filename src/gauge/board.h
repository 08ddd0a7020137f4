/*
 * board.h - a Linux board sampled through a shell on it, whatever link reaches that shell.
 *
 * Layer   gauge. Keeps the sampling loop in the shell; makes the link again when it ends (after
 *         1 s, then later and later, at most every 30 s).
 * Specs   see link.h: ssh:HOST, exec:PROGRAM, serial:PORT[@BAUD].
 * Owns    the mirror and the link; board_free() ends the link, and with it the loop on the board.
 */
#ifndef GAUGE_BOARD_H
#define GAUGE_BOARD_H
#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"
#include "gauge/link.h"
#include "gauge/mirror.h"
#include "gauge/remote.h"
#include "loop/loop.h"

struct board;

struct board_cb {
	/* why NULL: the mirror holds a new sample. */
	void (*done)(void *arg, const struct err_msg *why);
	/* What the board printed around the samples (a serial console); may be NULL. */
	void (*console)(void *arg, const char *p, size_t n);
	/* The list of processes that remote_list() asked for. */
	void (*list)(void *arg, struct slice lines, uint64_t clock);
};

/* ERR_USAGE with the reason for a spec that is none. */
enum err board_check(const char *spec, struct err_msg *why);
/* use: the kind of link, NULL: the one that spec names. */
struct board *board_open(struct loop *l, const char *spec, const struct link_use *use,
    const struct board_cb *cb, void *arg, struct err_msg *why);
void board_free(struct board *b);
/* One sample; done() follows. False while one is under way, the link is being made, or somebody
 * else uses it. */
bool board_sample(struct board *b);
const struct mirror *board_mirror(const struct board *b);
struct remote *board_remote(struct board *b);

#endif
