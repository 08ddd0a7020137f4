/*
 * replica.h - the viewer's own copy of what it shows: snapshot first, then events and stream bytes.
 *
 * Layer   ui. replica_new/replica_free. Strings belong to the replica and live until the next event
 *         about the
 *         same thing. Everything is bounded: rings by bytes, lists by the LIMIT_ numbers.
 * Source  the bench's contract: attach's snapshot, 'E' events and 'B' frames of proto/frame.h.
 * Time    `t` is ns since the bench started; replica_wall() turns it into wall time.
 */
#ifndef UI_REPLICA_H
#define UI_REPLICA_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/ring.h"
#include "core/json.h"

enum {
	REPLICA_CONSOLE_RING = 16 << 20, /* taken as bytes come */
	REPLICA_JOB_RING = 256 << 10,
	REPLICA_TIMES_MAX = 32768,
	REPLICA_MARKS_MAX = 512,
	REPLICA_ECHOES_MAX = 256,
	REPLICA_PROFILE_ROWS = 4096,
};

struct replica_time { uint64_t offset, t; };

enum replica_mark_kind { REPLICA_MARK, REPLICA_LOST, REPLICA_BACK, REPLICA_GAP };
struct replica_mark {
	uint64_t offset, t;
	enum replica_mark_kind kind;
	char text[120];
};

/* A byte stream as far as it is kept here: of a console or of a job. */
struct replica_stream {
	uint32_t id;
	/* offsets are ours: ring offset + base = the bench's offset */
	struct ring ring;
	uint64_t base;
	bool     started;
	/* from here on every byte of the bench is here: nothing was passed over; what was echoed
	 * since stands between them */
	uint64_t solid;
	struct replica_echo { uint64_t at, n; } *echo;
	size_t   echoes;
	struct replica_time *time;      /* arrival times, oldest first; offsets of the ring */
	size_t   times;
	struct replica_mark *mark;
	size_t   marks;
	struct replica_note *note;      /* notes.h: what Vise says of lines */
	size_t   notes;
	bool     hold;                  /* holds.h: at this offset of the bench */
	uint64_t hold_at;
};

enum replica_state { CONSOLE_OPENING, CONSOLE_OPEN, CONSOLE_LOST, CONSOLE_CLOSED };

struct replica_console {
	int64_t id;
	char *name, *device, *settings, *profile, *why, *lock_who, *lock_what, *log;
	char *lent_to;                  /* who has the port meanwhile, or NULL */
	bool program;                   /* exec: it wants to know how large we draw it */
	int told_rows, told_cols;
	int64_t lent_job;               /* 0: no job */
	char lines[24];                 /* "DTR RTS CTS": modem lines that are on; "" unknown */
	enum replica_state state;
	uint64_t changed;               /* t of the last change of state */
	int64_t baud, rx, tx;
	char *map;                      /* words of text/eol.h */
	size_t logs;                    /* text logs */
	bool log_failing;
	struct replica_stream stream;
};

enum { REPLICA_TRIPS_MAX = 8 };
struct replica_trip { double temp; char type[12]; };    /* "passive", as the kernel calls it */

struct replica_gauge {
	char *id, *group, *name, *unit, *source, *missing;
	char *from;                     /* of a further source: its name, and id is FROM/ID; "" */
	bool gone;                      /* not to be shown: its source was taken away */
	double min, max, warn, crit;    /* NaN: none */
	bool below;                     /* warn and crit are lower bounds */
	double hold;                    /* s over a limit until it is an alarm; NaN: the usual */
	struct replica_trip trip[REPLICA_TRIPS_MAX];
	unsigned trips;
	double *history;                /* LIMIT_GAUGE_HISTORY values, newest last; NaN: missing */
};

enum replica_job_state { JOB_RUNNING, JOB_OK, JOB_FAILED, JOB_KILLED, JOB_LOST };

struct replica_job {
	int64_t id;
	char *kind, *name, *argv, *last, *by, *log, *stage;
	char *err_code, *err_what, *err_why, *err_next;
	enum replica_job_state state;
	uint64_t started, ended;
	int64_t exit, signal;
	bool   pty, has_signal;
	int    told_rows, told_cols;    /* of its terminal */
	double percent, done, total, rate, eta;         /* NaN: not known; eta in seconds */
	uint64_t moved;                 /* bench time of the last progress, 0: none */
	struct replica_stream stream;
};

struct replica_notice {
	int64_t id;
	uint64_t t;
	char *level, *text, *next, *source;
};

struct replica_row { double flat, cum, flat_a, flat_b, cum_b; char *name; bool inlined; };
struct replica_side { char *path; uint64_t time; double total; };

struct replica_profile {
	char *state, *type, *unit, *error;
	struct replica_side a, b;       /* path NULL: not loaded */
	double total;
	int64_t hidden;
	struct replica_row *row;
	size_t rows;
};

struct replica_command { char *name, *help, *usage; bool asks; };

struct replica {
	char *bench, *dir, *target, *journal, *version;
	char *debug;                    /* what a debugged target does, NULL: none is */
	bool debug_stands;
	json_t *ocd, *ocd_live;         /* bench/ocd.h, bench/ocd_live.h; or NULL */
	bool simulated, ready;
	uint64_t started_wall;
	uint64_t now;                   /* bench time of the snapshot, and ... */
	uint64_t now_mono;              /* ... our clock at that moment */
	struct replica_console **console;
	size_t consoles;
	struct replica_gauge *gauge;
	size_t gauges;
	json_t *gauge_rules;            /* what the rules say, or NULL */
	char *gauge_machine;            /* "" or NULL: the one Vise runs on */
	char *gauge_link;               /* "ssh:pi4", how it is reached; "" or NULL: this one */
	uint64_t *sample_t;             /* LIMIT_GAUGE_HISTORY times, newest last */
	size_t samples;                 /* how many are filled */
	struct replica_job **job;
	size_t jobs;                    /* oldest first */
	struct replica_notice *notice;
	size_t notices;                 /* oldest first */
	uint64_t gauge_every;           /* ns, of the bench's options */
	struct replica_profile profile;
	struct replica_command *command;
	size_t commands;
	json_t *clients, *boards, *workflows, *macros, *options;
	json_t *asks;                   /* questions of scripts, see question.h */
	json_t *plugins;                /* see plugins.h */
	uint64_t lost_events;           /* of gap frames */
	uint64_t profiles;              /* how often `profile` changed */
	uint64_t shots;                 /* how often the timeline of snapshots changed */
	char *ended;                    /* why the bench ended */
};

/* What an event was about: so that the viewer can say it. Borrowed until the next call. */
struct replica_news {
	const struct replica_notice *notice;
	const struct replica_job *job_ended;
	const json_t *at;               /* an answer; the run of a macro; a command that began */
	const json_t *run, *at_begin, *record;
	const json_t *trigger;          /* it fired */
	bool ports;                     /* one came or went */
	const struct replica_console *console;          /* its state changed */
	bool debug;                     /* a debugged target goes on, or stands */
	bool plugins;                   /* what plugins offer has changed */
	bool asks;                      /* the questions have */
	bool gauges_only;               /* nothing but numbers moved */
};

struct replica *replica_new(void);
void replica_free(struct replica *r);
void replica_snapshot(struct replica *r, const json_t *snapshot, uint64_t mono);
void replica_event(struct replica *r, const char *type, const json_t *body,
    struct replica_news *news);
/* The stream that took the bytes, NULL when nobody shows it. */
struct replica_stream *replica_bytes(struct replica *r, uint32_t stream, uint64_t offset,
    uint64_t t,
                                     const char *p, size_t n);
/* Puts bytes of our own into a stream, at its end: they count for no offset of the bench. */
void replica_echo(struct replica_stream *s, const char *p, size_t n);
void replica_gap(struct replica *r, const json_t *body);
/* Where the part without gaps begins, in our ring; what lies behind has an offset of the bench. */
uint64_t replica_stream_solid(const struct replica_stream *s);
uint64_t replica_stream_offset(const struct replica_stream *s, uint64_t local);
uint64_t replica_stream_local(const struct replica_stream *s, uint64_t offset);

uint64_t replica_time(const struct replica *r, uint64_t mono);          /* bench time now */
uint64_t replica_wall(const struct replica *r, uint64_t t);
/* arrival of the byte */
uint64_t replica_stream_time(const struct replica_stream *s, uint64_t offset);
struct replica_stream *replica_stream(struct replica *r, uint32_t id);
struct replica_job *replica_job(struct replica *r, int64_t id);
const struct replica_command *replica_command(const struct replica *r, const char *name);
/* The answer of gauge.rules; anything else is none. */
void replica_gauge_rules(struct replica *r, const json_t *rules);
const struct replica_gauge *replica_gauge(const struct replica *r, const char *id);
/* The newest value; NaN when missing. */
double replica_value(const struct replica_gauge *g);
bool   replica_gauges_stale(const struct replica *r, uint64_t mono, uint64_t *age);
const char *replica_job_word(enum replica_job_state s);

#endif
