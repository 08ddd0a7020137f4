/*
 * sieve.h - what a board's console says while its shell answers the sampler: whose line is it?
 *
 * Layer   gauge; no I/O. Embedded; no fini. Lines of the frames, echoes of what was asked, prompts
 *         and the terminal's own sequences are the sampler's and are left out. All else, the
 *         kernel's messages above all, goes to `show`, whole and in order.
 * Broken  a message may stand in the middle of a line of ours: it is known by the kernel's stamp
 *         "[  12.345678] ", and what is left of our line is left out. One without a stamp takes the
 *         rest of our line with it: too much is shown then, never too little.
 */
#ifndef GAUGE_SIEVE_H
#define GAUGE_SIEVE_H
#include <stdbool.h>
#include <stddef.h>
#include "base/slice.h"

enum { SIEVE_LINE = 1024, SIEVE_OWN = 48 };

struct sieve {
	char line[SIEVE_LINE], before[SIEVE_LINE];      /* before: a line of ours, not yet judged */
	size_t n, before_n;
	bool learning;                  /* the shell is learning: only stamped lines are shown */
	bool broken;                    /* the next line is the rest of one of ours */
	bool shown;                     /* something was, since sieve_begin() */
	char own[SIEVE_OWN];            /* the start of what was asked last */
	char prompt[SIEVE_OWN];         /* of the shell, without escape sequences; "" before */
	void (*show)(void *arg, const char *p, size_t n);
	void *arg;
};

void sieve_init(struct sieve *s, void (*show)(void *arg, const char *p, size_t n), void *arg);
void sieve_begin(struct sieve *s, bool learning);
void sieve_prompt(struct sieve *s, struct slice prompt);        /* kept until the next one */
void sieve_asked(struct sieve *s, const char *p, size_t n);     /* its echo is ours */
void sieve_feed(struct sieve *s, const char *p, size_t n);
/* The line that has no end yet: a prompt, if one stands there. Borrowed. */
struct slice sieve_rest(const struct sieve *s);

/* Without escape sequences and control bytes; out has room for text.n. */
struct slice sieve_plain(struct slice text, char *out);
/* Whether a shell may wait at the end of this line: "# ", "$ ", "% " or "> ", but not "=> ". */
bool sieve_is_prompt(struct slice line);
/* Where the kernel's stamp "[   12.345678]" begins, or -1. */
long sieve_stamp(struct slice line);

#endif
