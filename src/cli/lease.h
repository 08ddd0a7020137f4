/*
 * lease.h - who holds a place: flock on a file for each of its keys, the record in it, and a queue.
 *
 * Layer   cli. struct lease is embedded; lease_end gives everything back, and so does the kernel
 *         when we die. Files in lockfile_dir(): KEY, and queue/TIME-PID of those who wait.
 * Record  { place, user, uid, host, pid, reason, since, until?, kind: "run"|"hold", token,
 *         released? }, times in seconds of 1970, token hashed. A record without "released" on a
 *         file that nobody holds was left by a process that died.
 * Queue   first come, first served; who came first holds back those who want one of its places,
 *         no others. Several places are taken all or none, so nobody waits with something in hand.
 */
#ifndef CLI_LEASE_H
#define CLI_LEASE_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/err.h"
#include "core/json.h"

enum { LEASE_FILES = 64, LEASE_TOKEN = 33 };

struct lease_wish {
	uint64_t wait_ns;       /* 0: at once or not at all */
	uint64_t lease_ns;      /* 0: as long as the process */
	const char *reason;     /* or NULL */
	const char *kind;       /* "run": a process at work; "hold": a shell's */
	bool quiet;             /* says nothing while it waits */
};

struct lease {
	char *dir;
	int fd[LEASE_FILES];
	json_t *records[LEASE_FILES];   /* what stands in each */
	char *path[LEASE_FILES];
	size_t n;
	char token[LEASE_TOKEN];
	bool inner;             /* inside a lease of somebody who gave us the token */
};

/* slots: arrays of rows (places.h), of each one row is taken; *rows gets them, in order: a new
 * reference. ERR_BUSY says who has it. */
enum err lease_take(struct lease *l, const json_t *slots, const struct lease_wish *w, json_t **rows,
    struct err_msg *why);
void     lease_end(struct lease *l);            /* zeroes are fine */
void     lease_forget(struct lease *l);         /* a child has it now: closes, writes nothing */
void     lease_mine(struct lease *l);           /* after a fork: the record names us */
bool     lease_over(const struct lease *l);     /* the time in the record has passed */
/* { state: "free"|"held"|"left", holder?: RECORD, waiting: N, busy_key? } */
json_t  *lease_look(const json_t *row);
/* Fills *why: who has the first of the rows that would do. */
void     lease_busy(const json_t *rows, struct err_msg *why);
/* The file whose record says who holds it; heap, NULL when nobody does. */
char    *lease_file(const json_t *row);
/* Sets the end of another process' lease, which looks at it; seconds of 1970. */
enum err lease_extend(const json_t *row, uint64_t until, struct err_msg *why);

#endif
