/*
 * procfs.h - parsers of the kernel's text files under /proc: text in, numbers out, no I/O.
 *
 * Layer   gauge. Formats: Documentation/filesystems/proc.rst, Documentation/accounting/psi.rst;
 *         facts and traps in research/gauges.md 1.1 and 1.2. "kB" there means KiB. Text is ended
 *         by NUL and may be cut anywhere.
 */
#ifndef GAUGE_PROCFS_H
#define GAUGE_PROCFS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	MEM_TOTAL,
	MEM_FREE,
	MEM_AVAILABLE,
	MEM_BUFFERS,
	MEM_CACHED,
	MEM_ACTIVE_FILE,
	MEM_INACTIVE_FILE,
	MEM_SWAP_TOTAL,
	MEM_SWAP_FREE,
	MEM_ANON,
	MEM_SHMEM,
	MEM_SLAB,
	MEM_SRECLAIMABLE,
	MEM_FIELDS
};

enum {
	STATUS_VMSIZE,
	STATUS_VMRSS,
	STATUS_ANON,
	STATUS_FILE,
	STATUS_SHMEM,
	STATUS_THREADS,
	STATUS_VOLUNTARY,               /* context switches, of this one thread only */
	STATUS_INVOLUNTARY,
	STATUS_FIELDS
};

/* of /proc/PID/smaps_rollup, kB; USS is the sum of the private ones */
enum { ROLLUP_RSS, ROLLUP_PSS, ROLLUP_PRIVATE_CLEAN, ROLLUP_PRIVATE_DIRTY, ROLLUP_LAZYFREE,
	ROLLUP_FIELDS };

enum { PROCFS_CPUS = 64 };      /* CPUs shown one by one; more are in the total only */

struct procfs_cpu {
	bool there;
	uint64_t busy, all;             /* ticks; guest is inside user, iowait counts as idle */
};

struct procfs_stat {
	unsigned seen;                  /* cpuN lines, also those past PROCFS_CPUS */
	unsigned end;                   /* of cpu[]: those behind it are not filled in */
	struct procfs_cpu total, cpu[PROCFS_CPUS];
};

struct procfs_pid {
	char state;
	char comm[64];
	/* USER_HZ, 100 a second; child_ticks are of children that were waited for */
	uint64_t cpu_ticks, child_ticks, starttime, threads;
};

/* "Name:  n kB" lines; a field that is absent is -1. Values as they stand (kB, threads: a
 * count). */
void procfs_meminfo(const char *text, int64_t out[MEM_FIELDS]);
void procfs_status(const char *text, int64_t out[STATUS_FIELDS]);
void procfs_rollup(const char *text, int64_t out[ROLLUP_FIELDS]);
bool procfs_stat(const char *text, struct procfs_stat *out);
bool procfs_loadavg(const char *text, double out[3]);
bool procfs_uptime(const char *text, double *seconds);
/* total of the "some" line in microseconds. */
bool procfs_psi_some(const char *text, uint64_t *total_us);
/* "6.1.21-v8+": the first two numbers. */
bool procfs_release(const char *text, unsigned version[2]);
/* bytes held by the data, and as stored, and in all with the fragments around it */
struct procfs_zram {
	uint64_t orig, compressed, used;
};
/* /sys/block/zramN/mm_stat */
bool procfs_zram(const char *text, struct procfs_zram *out);
/* cpufreq's stats/time_in_state, "kHz ticks" lines: sum of kHz times ticks, and of ticks. False
 * also when a sum would not fit. */
bool procfs_time_in_state(const char *text, uint64_t *khz_ticks, uint64_t *ticks);
/* The name stands in brackets and may hold blanks and ')': parsed from the last one. */
bool procfs_pid_stat(const char *text, struct procfs_pid *out);

#endif
