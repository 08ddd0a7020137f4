/*
 * err.h - the one error type: a code for programs, three sentences for people.
 *
 * Layer   base.
 * Rule    a function that user, board or file can make fail returns enum err, ERR_OK is 0; it
 *         fills *why (may be NULL) with what happened, why, and the next step.
 * Codes   the words of research/lua.md 6.2; the exit status of each is that of design.md 8.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

/*	name         word             exit status */
#define ERR_LIST(X) \
	X(OK,        "ok",            0) \
	X(USAGE,     "usage",         2) \
	X(CONFIG,    "config",        2) \
	X(FORMAT,    "format",        2) \
	X(UNSUPPORTED, "unsupported", 2) \
	X(NOENT,     "not_found",     3) \
	X(IO,        "io",            3) \
	X(LOST,      "lost",          3) \
	X(LOST_PLACE, "lost_place",   3) \
	X(EOF,       "eof",           3) \
	X(TIMEOUT,   "timeout",       3) \
	X(INFRA,     "infra",         3) \
	X(TOOL,      "tool_failed",   3) \
	X(LIMIT,     "limit",         3) \
	X(PROTO,     "protocol",      3) \
	X(MEMORY,    "memory",        3) \
	X(DENIED,    "denied",        4) \
	X(NOTHING,   "nothing",       5) \
	X(BUSY,      "busy",          6) \
	X(AT,        "at_error",      1) \
	X(VERIFY,    "verify",        1) \
	X(MODE,      "wrong_mode",    1) \
	X(DEVICE,    "device_fault",  1) \
	X(SCRIPT,    "script",        7) \
	X(BUDGET,    "budget",        7) \
	X(DEADLINE,  "deadline",      124) \
	X(CANCELLED, "cancelled",     130)

enum err {
#define X(name, word, status) ERR_##name,
	ERR_LIST(X)
#undef X
	ERR_COUNT
};

enum { ERR_WHAT_MAX = 160, ERR_WHY_MAX = 400, ERR_NEXT_MAX = 240 };

struct err_msg {
	enum err code;
	char what[ERR_WHAT_MAX];        /* the object: "/dev/ttyUSB0", "a.pb.gz" */
	char why[ERR_WHY_MAX];          /* what happened to it */
	char next[ERR_NEXT_MAX];        /* the next step, may be empty */
};

/* Fills *m (if not NULL) and returns code. `why` is a printf format. what and next may be NULL. */
enum err    err_set(struct err_msg *m, enum err code, const char *what, const char *next,
                    const char *why, ...) __attribute__((format(printf, 5, 6)));
/* The same for a failed system call: `why` is "<doing>: <strerror(errnum)>"; the code follows
 * errnum. */
enum err    err_errno(struct err_msg *m, int errnum, const char *what, const char *doing);

const char *err_word(enum err code);            /* "at_error" */
enum err    err_from_word(const char *word);    /* unknown words give ERR_INFRA */
int         err_exit_status(enum err code);
/* "what: why; next" into out, always terminated. */
void        err_format(const struct err_msg *m, char *out, unsigned long size);

#endif
