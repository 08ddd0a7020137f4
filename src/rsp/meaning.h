/*
 * meaning.h - what an RSP packet says, in words.
 *
 * Layer   rsp. Pure. Bodies as rsp_expand gives them; anything may stand in them, and what is
 *         written has no control bytes.
 * Source  GDB manual, appendix E.2 (Packets), E.3 (Stop Reply Packets), E.4 (General Query
 *         Packets); signal numbers of GDB: include/gdb/signals.def.
 */
#ifndef RSP_MEANING_H
#define RSP_MEANING_H
#include <stdbool.h>
#include <stddef.h>
#include "base/slice.h"

enum { RSP_WORDS_MAX = 200 };

/* What kind of answer a request waits for. */
enum rsp_answer {
	RSP_ANSWER_ONE,                 /* one reply, soon */
	RSP_ANSWER_STOP,                /* a stop reply, whenever the target stops */
	RSP_ANSWER_NONE,                /* none at all */
};

enum rsp_answer rsp_answer_of(struct slice request);
/* S, T, W, X, N and w replies; console output (O hex) and F requests come before them. */
bool rsp_is_stop(struct slice reply);
bool rsp_is_on_the_way(struct slice reply);
bool rsp_is_error(struct slice reply);                  /* Enn or E.text */
/* The signal of an S or T reply, -1 when it is none. */
int  rsp_stop_signal(struct slice reply);
const char *rsp_signal_name(int signal);                /* "SIGTRAP"; "?" for one unknown */

void rsp_request_words(struct slice body, char out[RSP_WORDS_MAX]);
/* request: what it answers, may be empty. */
void rsp_reply_words(struct slice request, struct slice body, char out[RSP_WORDS_MAX]);

#endif
