/*
 * console.h - one console: a wire, the last bytes of it, their times, its logs, and the AT engine.
 *
 * Layer   console. Loop thread only. Owns its transport, ring, logs; console_close() ends it,
 *         NULL is fine.
 * Reading does nothing but read and append: the wire reads straight into the ring; logs, AT and
 *         the owner's `data` follow from the ring, each with its own offset, after the turn or
 *         at most 40 ms later.
 * Loss    a lost port is waited for (folder watch and a timer) and opened again by itself, when
 *         the same board's port is back; the place is marked with its stream offset. exec:
 *         waits for console_retry.
 * Order   data, hole, urc and `done` run from the loop; state, mark and alarm also from inside
 *         the call that causes them (retry, release, mark, log_flush), and `done` from at_cancel
 *         and close. They may call anything but console_close.
 */
#ifndef CONSOLE_CONSOLE_H
#define CONSOLE_CONSOLE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "base/ring.h"
#include "console/at.h"
#include "console/logs.h"
#include "console/pace.h"
#include "console/times.h"
#include "loop/loop.h"
#include "transport/transport.h"

struct console;

enum console_state { CONSOLE_OPENING, CONSOLE_OPEN, CONSOLE_LOST, CONSOLE_CLOSED };

struct console_callbacks {              /* each may be NULL; arg is the one given at open */
	void (*data)(void *arg, uint64_t end);                  /* the ring now ends there */
	/* why is NULL for OPEN and OPENING. LOST comes again when the reason changes. */
	void (*state)(void *arg, enum console_state s, const struct err_msg *why);
	/* A log cannot be written (why), or can again (NULL). */
	void (*alarm)(void *arg, const char *path, const struct err_msg *why);
	/* These bytes will never be in that log file; a mark says so too. */
	void (*hole)(void *arg, const char *path, uint64_t from, uint64_t to);
	void (*mark)(void *arg, uint64_t offset, uint64_t t, const char *text);
	/* The far side of an RFC 2217 link changed settings or lines. */
	void (*settings)(void *arg);
	void (*urc)(void *arg, const char *line, size_t n, uint64_t offset);
	/* An AT command that was typed by hand (console_write) has its answer. */
	void (*heard)(void *arg, const struct at_result *r);
};

struct console_options {
	const char *name;               /* at most CONSOLE_NAME_MAX - 1 of it is kept */
	const char *spec;               /* see transport.h */
	struct transport_settings settings;
	const char *raw_path;           /* console-NAME.raw, or NULL: none */
	const char *text_path;          /* or NULL: none; more by console_log_add */
	uint64_t    start;              /* sys_mono() of "since start"; 0: now */
	bool        wait; /* a port that is not there yet is no error: LOST until it comes */
	size_t      ring;               /* 0: LIMIT_CONSOLE_RING */
	struct at_config at;            /* eol "" and timeout 0: "\r" and 5 s */
};

enum { CONSOLE_NAME_MAX = 64 };

/* The defaults of everything but name and spec. */
void         console_options_init(struct console_options *o);
/* Copies o and cb. On error nothing is left to free. */
enum err     console_open(struct loop *l, const struct console_options *o,
                          const struct console_callbacks *cb, void *arg, struct console **out,
                          struct err_msg *why);
void         console_close(struct console *c);

const char  *console_name(const struct console *c);
const char  *console_spec(const struct console *c);
const char  *console_device(const struct console *c);   /* resolved path; the spec while not open */
const char  *console_scheme(const struct console *c); /* "serial", "pty", ...; "" while not open */
const struct port *console_port(const struct console *c);       /* as last seen, or NULL */
enum console_state console_state(const struct console *c);
const char  *console_state_word(enum console_state s);  /* "opening" "open" "lost" "closed" */
const struct err_msg *console_why(const struct console *c);     /* of LOST and CLOSED, else NULL */
const struct transport_settings *console_settings(const struct console *c);
void         console_settings_text(const struct console *c, char *out, size_t size);    /* "8N1" */
const struct ring  *console_ring(const struct console *c);
const struct times *console_times(const struct console *c);
uint64_t     console_rx(const struct console *c);       /* bytes ever read: the ring's end */
uint64_t     console_tx(const struct console *c);       /* bytes ever accepted for sending */
size_t       console_unsent(const struct console *c);
uint64_t     console_log_pending(const struct console *c);
uint64_t     console_log_lost(const struct console *c); /* bytes in holes */

/* ERR_LOST when not open, ERR_BUSY while an AT command runs or another owner holds the lock. */
enum err     console_write(struct console *c, const void *p, size_t n, const void *owner,
                           struct err_msg *why);
/* The same in the queue of what is typed: mapped if asked for, with delays (those of
 * console_pace_set where d is NULL). */
enum err     console_type(struct console *c, const char *p, size_t n, bool map,
                          const struct pace_delay *d, const void *owner, struct err_msg *why);
void         console_pace_set(struct console *c, struct pace_delay d);
struct pace_delay console_pace(const struct console *c);
void         console_pause(struct console *c, bool pause); /* stops reading (back-pressure tests) */
/* Opens again now (also after CLOSED). ERR_OK when it is open or on the way. */
enum err     console_retry(struct console *c, struct err_msg *why);
/* Lets the port go for another program (flashing) and stays CLOSED until console_retry. */
void         console_release(struct console *c, const char *reason);
enum err     console_settings_set(struct console *c, const struct transport_settings *s,
                                  struct err_msg *why);
enum err     console_lines(const struct console *c, unsigned *lines, struct err_msg *why);
enum err     console_lines_set(struct console *c, unsigned mask, unsigned on, struct err_msg *why);
/* See transport.h. done comes from the loop, or from the call that closes the port. */
enum err     console_pulse(struct console *c, const struct pulse *p, transport_pulse_done done,
                           void *arg, struct err_msg *why);
enum err     console_touch(struct console *c, transport_pulse_done done, void *arg,
                           struct err_msg *why);
enum err     console_break(struct console *c, uint64_t ns, struct err_msg *why);
/* See transport.h. */
enum err     console_replay(struct console *c, double speed, bool paused, struct err_msg *why);
void         console_resize(struct console *c, int rows, int cols);
enum err     console_purge(struct console *c, struct err_msg *why);
void         console_mark(struct console *c, const char *text); /* at the end of what came so far */
void         console_log_flush(struct console *c);      /* writes what waits, now */
enum err     console_log_add(struct console *c, const struct textlog_options *o,
                             struct err_msg *why);
/* path NULL: all text logs */
enum err     console_log_remove(struct console *c, const char *path, struct err_msg *why);
const struct logs *console_logs(const struct console *c);

/* Maps of line ends and the like (text/eol.h): of what is typed, shown and logged as text; the
 * ring and the raw log stay as the board sent them. */
const struct eol *console_map(const struct console *c);
enum err     console_map_set(struct console *c, const char *words, struct err_msg *why);

/* From here on the board's bytes are `data`'s alone (and the raw log's), until console_undivert:
 * it reads the ring by itself. Screen, text logs and AT do not see them; `text` says in the text
 * logs what they were. */
void         console_divert(struct console *c, void (*data)(void *arg), void *arg);
void         console_undivert(struct console *c, const char *text);
/* The first range at or behind `at` that was diverted; false: none. *to may be UINT64_MAX. */
bool         console_hidden(const struct console *c, uint64_t at, uint64_t *from, uint64_t *to);

/* Somebody shares the wire: the board's bytes are `bytes`' first, which gives the console what is
 * not its own by console_show; what others send is told to `typed`, and waits (64 KiB of it) while
 * console_hold holds it. `lost`: the wire is gone, or the console goes; the share is over.
 * ERR_BUSY when there is one already, ERR_LOST when the console is not open. */
struct console_sharer {
	void (*bytes)(void *arg, const char *p, size_t n);
	void (*typed)(void *arg, const char *p, size_t n);
	void (*lost)(void *arg, const struct err_msg *why);
};
enum err     console_share(struct console *c, const struct console_sharer *s, void *arg,
                           struct err_msg *why);
void         console_unshare(struct console *c);
bool         console_shared(const struct console *c);
void         console_show(struct console *c, const char *p, size_t n);
void         console_hold(struct console *c, bool hold);
enum err     console_share_write(struct console *c, const char *p, size_t n, struct err_msg *why);

/* See at.h. ERR_LOST when not open. The first call (or console_at_listen) starts the parser. */
enum err     console_at_send(struct console *c, const struct at_request *r, struct err_msg *why);
void         console_at_listen(struct console *c);      /* URCs from now on */
void         console_at_cancel(struct console *c, const void *owner);
enum err     console_at_lock(struct console *c, const void *owner, struct err_msg *why);
void         console_at_unlock(struct console *c, const void *owner);
const struct at *console_at(const struct console *c);

#endif
