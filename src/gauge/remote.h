/*
 * remote.h - samples of a Linux board through a shell on it: the framed protocol, over any link.
 *
 * Layer    gauge. Knows no ssh and no serial port: bytes in by remote_feed(), out by cb->write().
 * Board    nothing is installed: a loop of a few lines in its own shell (busybox will do) that
 *          answers one request at a time, with one fork for each; it uses nothing between requests
 *          and ends with its input. Nothing is written there.
 * Frame    "<vs SEQ LEN\n" LEN bytes "\nvs SEQ>\n"; bytes are lines "PATH:LINE" of `grep -H`. It is
 *          taken when SEQ is the one asked for, LEN fits, the tail matches and each line parses;
 *          else it is dropped whole. What stands outside of frames goes to cb->console().
 * Source   research/gauges.md 2.3 and 2.4, where this is measured.
 */
#ifndef GAUGE_REMOTE_H
#define GAUGE_REMOTE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/err.h"
#include "gauge/mirror.h"
#include "loop/loop.h"

struct remote;

struct remote_cb {
	void (*write)(void *arg, const char *p, size_t n);
	/* The round that remote_sample() began is over; why is NULL when the mirror holds a new
	 * sample, else what went wrong: a gap. */
	void (*done)(void *arg, const struct err_msg *why);
	/* Three rounds without an answer: the link is to be made anew. */
	void (*dead)(void *arg, const struct err_msg *why);
	void (*console)(void *arg, const char *p, size_t n);    /* may be NULL */
	/* What remote_list() asked for (processes.h), with the board's clock; may be NULL. */
	void (*list)(void *arg, struct slice lines, uint64_t clock);
};

struct remote *remote_new(
    struct loop *l, struct mirror *m, const struct remote_cb *cb, void *arg);
void remote_free(struct remote *r);
/* Of a serial console: its speed, and that CR and an echo are to be expected; 0: a pipe. */
void remote_baud(struct remote *r, unsigned baud);
/* The link itself starts the loop for each round and ends it: a console that others use as well. */
void remote_share(struct remote *r);
/* What such a link makes the shell learn: `vs` answers requests until "q". Without a word more than
 * "<vr>" and the frames; all in a subshell, so that the user's stays as it is. */
extern const char remote_shared_script[];
/* The link is there: sends the loop to the shell. */
void remote_begin(struct remote *r);
/* Ends the loop; the shell is as it was. */
void remote_end(struct remote *r);
/* The link is gone: a round that waits ends with this reason. */
void remote_cut(struct remote *r, const struct err_msg *why);
void remote_feed(struct remote *r, const char *p, size_t n);
bool remote_begun(const struct remote *r);
/* One round; done() follows within its deadline. False while one is under way. */
bool remote_sample(struct remote *r);
/* The process to tell of: by number, or the lowest of that name; 0 and NULL: none. */
void remote_process(struct remote *r, pid_t pid, const char *name);

/* The next round brings the list of all processes, once. */
void remote_list(struct remote *r);

/* More files for each sample, each with a blank before it; as long as the pattern lets lines of
 * theirs pass (numbers, "max", nr_ and oom_ counters). */
void remote_more(struct remote *r, const char *files);

/* What the board said of itself, "" before: model or host, kernel. Borrowed. */
const char *remote_model(const struct remote *r);
const char *remote_system(const struct remote *r);
const char *remote_kernel(const struct remote *r);      /* "6.1.21 armv7l" */
/* Time since its start by its own clock, ns; 0: not known. Rates are taken by it. */
uint64_t remote_uptime(const struct remote *r);
/* Share of one CPU of the board that sampling costs, %; NAN: not known yet. */
double remote_self(const struct remote *r);
/* How long one sample occupies the wire, ns: a period under 4 times this is too short. */
uint64_t remote_wire_ns(const struct remote *r);
/* A new list of sensors came with this round. */
bool remote_found(struct remote *r);

#endif
