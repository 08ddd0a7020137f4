/*
 * causes.h - what a goroutine waits for, why that is typical, and where to look.
 *
 * Layer   pprof; value header. Texts are constants.
 * Rules   the state word of a dump where there is one (all Go versions: "semacquire" of 1.19 is
 *         "sync.Mutex.Lock" and others later), else the runtime's frames at the top of the stack,
 *         as goroutine profiles have them; then frames that name a library. First match wins.
 * Source  runtime/runtime2.go waitReasonStrings, net/http/transport.go, database/sql/sql.go.
 */
#ifndef PPROF_CAUSES_H
#define PPROF_CAUSES_H
#include "pprof/dump.h"

/* What it is blocked on. */
enum causes_class {
	CAUSES_UNKNOWN, CAUSES_RECEIVE, CAUSES_SEND, CAUSES_NIL, CAUSES_SELECT, CAUSES_NO_CASES,
	CAUSES_SEMAPHORE, CAUSES_MUTEX, CAUSES_WAITGROUP, CAUSES_COND, CAUSES_IO, CAUSES_SLEEP,
	CAUSES_SYSCALL, CAUSES_RUN, CAUSES_RUNTIME, CAUSES_CLASSES
};

struct causes_cause {
	const char *word;               /* "channel receive": short, for a column */
	const char *text;               /* one sentence */
	const char *look;               /* what to look at */
	bool idle;                      /* normal in a healthy program: not blamed for its age */
};

enum causes_class causes_class_of(
    struct slice state, const struct dump_frame *frame, uint32_t frames);
const char *causes_class_word(enum causes_class c);
/* A select that can end by itself: source says so (causes_read_source). */
enum causes_hint {
	CAUSES_NO_SOURCE, CAUSES_HAS_DONE, CAUSES_NO_DONE, CAUSES_TIMER, CAUSES_TICKER,
	CAUSES_DEFAULT
};

const struct causes_cause *causes_find(enum causes_class c, enum causes_hint hint,
                                       const struct dump_frame *frame, uint32_t frames);
/* The frame that waits: the first that is not the runtime's or the library's way to wait. */
uint32_t causes_own_frame(const struct dump_frame *frame, uint32_t frames);
/* What the source at a line shows of a select or a receive. text: the whole file. */
enum causes_hint causes_read_source(struct slice text, int64_t line);

#endif
