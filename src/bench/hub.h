/*
 * hub.h - the bench's inside: what its files share. Private to bench/.
 *
 * Layer   bench. struct bench is the one owner; every part below lives as long as it.
 * Flow    wire -> ring -> (log, AT engine, clients by their own offsets); news -> bus ->
 *         journal and clients.
 */
#ifndef BENCH_HUB_H
#define BENCH_HUB_H
#include <stdbool.h>
#include <stdint.h>
#include "base/list.h"
#include "base/ring.h"
#include "bench/bench.h"
#include "core/bus.h"
#include "core/command.h"
#include "core/journal.h"
#include "core/json.h"
#include "core/options.h"
#include "launch/job.h"
#include "loop/loop.h"
#include "proto/peer.h"

enum { STREAM_JOBS = 1000 };            /* stream of job N is STREAM_JOBS + N; consoles are 1.. */

struct bench;
struct bundle;
struct comparison;
struct ending;
struct gauge_rules;
struct gauge_set;
struct macro_state;
struct ocd;
struct ocd_start;

/* A byte stream that clients may follow. */
struct stream {
	uint32_t id;
	const struct ring *ring;
	uint64_t (*time_of)(void *owner, uint64_t offset);      /* ns since the bench started */
	void *owner;
	/* The first range at or behind `at` that nobody is shown; false: none. May be NULL. */
	bool (*hidden)(void *owner, uint64_t at, uint64_t *from, uint64_t *to);
};

struct client {
	struct list node;
	struct bench *bench;
	struct peer *peer;
	uint32_t id;
	uint32_t job;                   /* it is the script host of this job, 0: of none */
	char *cwd;                      /* its working folder, when it is one of this machine */
	bool attached, events, streams, observe;
	bool own;                       /* a program of one of our jobs */
	bool late;                      /* it came when the bench was ending */
	bool plugin;                    /* the process of one: what it puts up goes with it */
	uint64_t typed;                 /* sys_mono() of its last input, 0: never */
	struct list subs;               /* streams it follows */
	struct list replies;            /* commands it waits for */
	struct loop_timer *hold;        /* a slow viewer under a flood waits here */
	uint64_t said_from;             /* what a script says: of this second */
	unsigned said;
};

struct client;

/* What the parts want of the whole, so that none of them includes it (bench.c fills it in). */
struct bench_console;

/* What another file has to say of a console, in the console's row. */
struct console_part {
	const char *key;
	json_t *(*make)(const struct bench_console *k);         /* NULL: nothing */
};

struct bench_ops {
	const struct command *const *commands;  /* all tables, NULL-terminated */
	void (*info_changed)(struct bench *b);
	void (*linger_check)(struct bench *b);
	bool (*stream_find)(struct bench *b, uint32_t id, struct stream *out);
	const struct peer_ops *requests;        /* of a client's connection */
	void (*client_gone)(struct client *c);
	void (*job_ended)(struct bench *b, uint32_t job);
	const struct console_part *console_parts;       /* ends with a key of NULL */
};

struct bench {
	const struct bench_ops *ops;
	struct loop *loop;
	struct bus *bus;
	struct journal *journal;
	struct options options;
	struct bench_options given;
	char *name, *dir, *socket, *info, *target;
	uint64_t start_mono, start_wall;
	int listen_fd;
	struct loop_fd *listen;
	struct list clients, consoles, jobs;
	struct list debugs;             /* debugs.h */
	uint32_t next_debug;
	struct list ties;               /* ties.h */
	char *lost_place;               /* it was made for, or NULL */
	struct list tasks;              /* workers at work */
	unsigned looks;                 /* of them, for looks.c */
	uint32_t next_client, next_console, next_job, next_notice, next_snapshot;
	json_t *notices;                /* array, newest last */
	json_t *profile;                /* the PROFILE object, or NULL */
	json_t *profile_a, *profile_b;  /* paths of the two, JSON strings or NULL */
	struct comparison *comparing;   /* of A and B, under way, or NULL */
	json_t *shots;                  /* the timeline of snapshots (shots.h), or NULL */
	struct list watches;
	struct bundle *bundle;          /* a snapshot of everything under way, or NULL */
	json_t *bundles;                /* taken and opened (bundle.h), or NULL */
	uint32_t next_shot, next_watch, next_bundle;
	char *profile_url;              /* where profile.grab goes by itself, or NULL */
	json_t *plugin_rows;            /* core/plugin.h */
	json_t *boards, *workflows, *macros;
	char *board;                    /* in use, or NULL */
	struct gauge_set *gauges;
	struct gauge_rules *gauge_rules;
	struct decoding *decoding;      /* decoders.h */
	struct meters *meters;          /* meters.h */
	struct triggers *triggers;      /* triggers.h */
	struct comings *comings;        /* ports.h */
	struct symbols *symbols;        /* symbols.h */
	struct decode_plugins *decode_plugins;  /* decode_plugins.h */
	struct questions *questions;    /* questions.h */
	struct plugin_hosts *plugin_hosts;      /* plugin_hosts.h */
	struct macro_state *macro;      /* runs of macros, see macros.h */
	struct ocd *ocd;                /* ocd.h, or NULL */
	struct ocd_start *ocd_start;    /* one is being started, or NULL */
	char *svd;                      /* ocd_svd.h: the file in use, or NULL: the profile's */
	struct loop_timer *linger, *tick;
	pid_t sim;                      /* the simulated board, 0: none */
	char *demo_run[4], *demo_proc, *demo_sys;
	struct ending *end;             /* ending.h: it was told to end, or NULL */
	bool listening, ending, journal_alarm, pump_due;     /* ending: the loop stops */
	bool visited;                   /* somebody has come, and said hello */
	bool closing;                   /* its parts are being freed */
};

extern const struct command bench_console_commands[], bench_gauge_commands[],
    bench_look_commands[], bench_profile_commands[], bench_watch_commands[], bench_job_commands[],
    bench_debug_commands[],
    bench_board_commands[], bench_about_commands[], bench_macro_commands[],
    bench_bundle_commands[], bench_ocd_commands[], bench_ocd_core_commands[],
    bench_ocd_svd_commands[],
    bench_ocd_words_commands[], bench_ocd_rtt_commands[], bench_ocd_live_commands[];

#endif
