/*
 * limits.h - every maximum of Vise in one place; each has a test at limit-1, limit, limit+1.
 *
 * Layer   base. Sizes in bytes, times in milliseconds unless a name says otherwise.
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#define LIMIT_FRAME          (4u << 20)   /* payload of one protocol frame */
#define LIMIT_CLIENT_QUEUE   (256u << 10) /* queued for one client before it gets a gap frame */
#define LIMIT_SNAPSHOT_BYTES (256u << 10) /* console bytes a new client is given */
#define LIMIT_CLIENTS        64u
#define LIMIT_CONSOLE_RING   (4u << 20)   /* console bytes kept in memory, per console */
#define LIMIT_LINE           (64u << 10)  /* a console line; then a soft break */
#define LIMIT_AT_COMMAND     1024u
#define LIMIT_AT_LINES       1024u        /* information lines kept of one AT reply */
#define LIMIT_AT_LINE        8192u
#define LIMIT_CONSOLES       16u
#define LIMIT_JOBS           64u          /* kept, running or ended */
#define LIMIT_JOB_RING       (1u << 20)   /* output kept in memory, per job */
#define LIMIT_ARGV           512u
#define LIMIT_COMMAND_LINE   (64u << 10)
#define LIMIT_GAUGES         512u         /* of all sources together */
#define LIMIT_GAUGE_HISTORY  600u         /* samples kept of one gauge */
#define LIMIT_NOTICES        200u
#define LIMIT_PROFILE_IN     (256u << 20) /* a profile file as it lies on disk */
#define LIMIT_PROFILE_OUT    (1024u << 20)/* the same inflated; the user can raise it */
#define LIMIT_ELF            (512u << 20) /* a program whose addresses are looked up */
#define LIMIT_ELF_ADDRESSES  4096u        /* looked up by one request */
#define LIMIT_SVD            (64u << 20) /* a chip's register file */
#define LIMIT_HTTP_BODY      (256u << 20)
#define LIMIT_SCRIPT_MEMORY  (256u << 20)
#define LIMIT_PLUGIN_MEMORY  (32u << 20)
#define LIMIT_EXPECT_WINDOW  (256u << 10)
#define LIMIT_PATTERN        4096u        /* bytes of one user pattern */
#define LIMIT_WORKER_MS      60000u       /* a worker silent for so long is ended */
#define LIMIT_LINGER_MS      600000u      /* bench.linger's default */
#define LIMIT_KILL_GRACE_MS  2000u        /* SIGTERM to SIGKILL */

#endif
