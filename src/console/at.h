/*
 * at.h - AT commands over a byte stream that also carries everything else.
 *
 * Layer   console. A pure state machine: bytes and the time go in, bytes and results come out;
 *         no I/O, no clock, so that every split of the input can be tried and fuzzed.
 * Order   the driver calls at_feed with all that came, at_sent when the last queued byte left,
 *         and at_tick no later than at_deadline. Each request is answered exactly once, by
 *         `done`, from one of those calls or from at_lost and at_fini; never from inside
 *         at_send. `done` may call at_send, not at_fini.
 * Rules   one command in flight; final codes on whole lines only; deadlines count
 *         from the last byte sent; after a time-out nothing is sent until a marker AT was
 *         answered, so that a late answer is never given to the next command (a device that
 *         stays silent through three markers is given the next command all the same, see
 *         unsure). Times in ns of
 *         one monotonic clock.
 */
#ifndef CONSOLE_AT_H
#define CONSOLE_AT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/list.h"
#include "console/at_table.h"

enum { AT_QUEUE_MAX = 64, AT_PAYLOAD_MAX = 64 << 10, AT_RAW_KEEP = 64 << 10 };

/* CUT: longer than LIMIT_AT_LINE. RAW: bytes that a header announced (+CIPRXGET and the like), the
 * first AT_RAW_KEEP of them; any byte may be among them. */
enum { AT_LINE_CUT = 1, AT_LINE_RAW = 2 };
struct at_line { char *text; size_t n; uint64_t offset; unsigned flags; };

/* Borrowed by `done` until it returns. Texts hold no CR, LF or NUL (raw lines may), but may hold
 * other odd bytes. */
struct at_result {
	enum at_code code;
	int     number;                 /* of +CME ERROR: n or its text, else -1 */
	const char *meaning;            /* of the number, NULL when not known */
	int     matched;                /* the line that was expected, -1: none */
	const char *command;
	const char *final;              /* the line that ended it, "" when none did */
	const struct at_line *lines;    /* information lines, in order */
	size_t  line_count, dropped;    /* dropped: lines over LIMIT_AT_LINES */
	uint64_t ns;                    /* from sending to the end */
	uint64_t from, to;              /* raw bytes of the exchange, as stream offsets */
	const char *why;                /* a sentence for codes that are no good, or a remark */
};

typedef void (*at_done_cb)(void *arg, const struct at_result *r);

struct at_request {
	const char *command;            /* without its line end; no control bytes */
	/* A line that holds this, or that `match` (called with arg) takes, is wanted besides the
	 * final code: it is good when both came. A device that gives no final code after it is
	 * waited for a moment only. Or NULL */
	const char *expect;
	bool      (*match)(void *arg, const char *line, size_t n);
	/* lines beginning so belong to the answer, besides the obvious. Or NULL */
	const char *prefix;
	/* Further final lines, "a|b|c*", whole lines or with a star their beginning. Or NULL */
	const char *good, *bad;
	const char *prompt;             /* sends `payload` when this waits unended (">"). Or NULL */
	const void *payload;
	size_t      payload_n;
	/* exactly these bytes (CIPSEND); otherwise ended by Ctrl-Z (CMGS) */
	bool        payload_raw;
	/* what ends this command, "" nothing; NULL: as configured */
	const char *eol;
	uint64_t    timeout;            /* 0: the table's, else the default */
	uint64_t    silence;            /* gives up after so long without a byte; 0: no */
	uint64_t    idle; /* the device ends no line: after so long in silence it has answered */
	const void *owner;              /* who asks: for at_lock and at_cancel */
	at_done_cb  done;
	/* Progress, each may be NULL: it goes out; a line of the answer is there. */
	void      (*begun)(void *arg, uint64_t timeout);
	void      (*line)(void *arg, const struct at_line *l);
	void       *arg;
};

struct at_io {
	bool (*write)(void *arg, const void *p, size_t n);      /* false: the wire is gone */
	void (*urc)(void *arg, const char *line, size_t n, uint64_t offset);    /* may be NULL */
	/* A command that was typed by hand has its answer. May be NULL */
	void (*heard)(void *arg, const struct at_result *r);
};

struct at_config {
	char     eol[3];                /* what ends a command: "\r"; follows ATS3= */
	/* Sent before the first command, and again after the device restarted: "ATE0|AT+CMEE=1".
	 * Or NULL. Must outlive the engine. */
	const char *init;
	uint64_t timeout;               /* default */
	uint64_t gap;                   /* between a final code and the next command */
};

enum at_phase {
	AT_PHASE_IDLE,
	AT_PHASE_RUN,                   /* a command is in flight */
	AT_PHASE_QUIET,                 /* resync: silent for a moment */
	AT_PHASE_MARK,                  /* resync: a marker AT is out */
	AT_PHASE_SETTLE,                /* resync: answered; nothing more may come */
};

enum at_echo { AT_ECHO_UNKNOWN, AT_ECHO_ON, AT_ECHO_OFF };

struct at_job;

struct at {
	struct at_config cfg;
	const struct at_io *io;
	void *arg;
	enum at_phase phase;
	enum at_echo echo;              /* learned */
	enum at_echo verbose;           /* learned: OFF is ATV0, results in digits */
	enum at_echo quiet;             /* ON: ATQ1, no results at all */
	bool echo_off;                  /* switched off by a command of ours */
	bool init_due;
	char s3, s4, s3_old, s4_old;    /* ATS3, ATS4: line ends besides CR and LF */
	struct list queue;              /* of at_job */
	size_t queued;
	struct at_job *job;             /* in flight, NULL outside AT_PHASE_RUN */
	const void *lock;
	bool feeding, pumping;
	struct buf typing;              /* a line that is being typed by hand */
	/* line builder */
	struct buf line;
	uint64_t offset, line_at;       /* of the next byte; of the line's first */
	uint64_t raw_left;              /* bytes of +IPD and the like that are not parsed */
	struct buf raw, raw_head;       /* the first of them, and their header */
	uint64_t raw_at, raw_from;      /* offsets of the header and of the first byte */
	bool raw_mine, raw_quote;
	unsigned char raw_skip;         /* bytes of the header's line end still to come */
	bool held, cut;                 /* the line may be a result in digits; is too long */
	uint64_t last_byte;             /* when the newest came */
	bool after_cr, tail;            /* tail: the rest of a line already taken */
	bool urc_text;                  /* the next line belongs to the URC before it */
	/* resync */
	uint64_t until, quiet_end, idle_since;
	unsigned markers, finals, lost_finals, tries;
	bool in_prompt, dead, marker_ok, mark, closing;
	/* The device answered no marker and has been silent since: a bootloader may know this one
	 * command only. It is sent, but a final code counts only behind its echo or a line of its
	 * own
	 * (proved). */
	bool unsure, proved;
	uint64_t asked;                 /* when the last resync began */
};

void     at_init(struct at *a, const struct at_config *cfg, const struct at_io *io, void *arg);
void     at_fini(struct at *a);         /* fails what is left as cancelled */
/* ERR_USAGE for a command with control bytes or too long, ERR_BUSY when locked by another
 * owner or full. */
/* Then at_tick: it starts the command. */
enum err at_send(struct at *a, const struct at_request *r, struct err_msg *why);
/* Takes back what this owner asked for; one in flight ends as cancelled and is followed by
 * a resync. */
void     at_cancel(struct at *a, const void *owner, uint64_t now);
enum err at_lock(struct at *a, const void *owner, struct err_msg *why);
void     at_unlock(struct at *a, const void *owner);

/* What is typed by hand goes to the wire; here it is only looked at: a line that begins with AT,
 * while no command of ours runs, is watched until it is answered (io->heard). */
void     at_typed(struct at *a, const char *p, size_t n, uint64_t now);
void     at_feed(struct at *a, const void *p, size_t n, uint64_t offset, uint64_t now);
/* the last byte is (or will at `when` be) on the wire */
void     at_sent(struct at *a, uint64_t when);
void     at_tick(struct at *a, uint64_t now);
uint64_t at_deadline(const struct at *a);       /* UINT64_MAX: nothing to wait for */
void     at_lost(struct at *a, const char *why, uint64_t now);  /* the wire hung up */
bool     at_busy(const struct at *a);           /* in flight, queued, or in resync: do not type */
const char *at_command(const struct at *a);     /* in flight, or NULL */
/* For the engine's own files. */
void     at_idle(struct at *a, uint64_t now);
void     at_wire_gone(struct at *a, uint64_t now);
void     at_queue_fail(struct at *a, enum at_code code, const char *why, uint64_t now);

#endif
