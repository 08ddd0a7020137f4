/*
 * time.h - the two clocks, behind a table that tests can set.
 *
 * Layer   sys. Nanoseconds.
 */
#ifndef SYS_TIME_H
#define SYS_TIME_H
#include <stdint.h>

struct sys_clock_ops {
	uint64_t (*mono)(void);
	uint64_t (*wall)(void);
};

void     sys_clock_set_ops(const struct sys_clock_ops *ops);    /* NULL restores the kernel's */
uint64_t sys_mono(void);        /* CLOCK_MONOTONIC: never jumps */
uint64_t sys_wall(void);        /* since 1970 UTC; may jump */
uint64_t sys_boot(void);        /* CLOCK_BOOTTIME: since the start, sleep and all; no system call */
uint64_t sys_cpu_time(void);    /* CPU time of this process so far */

#endif
