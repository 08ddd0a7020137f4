/* time.c - reading the clocks. */
#include "sys/time.h"

#include <stddef.h>
#include <time.h>

static uint64_t
read_clock(clockid_t id)
{
	struct timespec t = { 0, 0 };

	(void)clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}

static uint64_t
kernel_mono(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

static uint64_t
kernel_wall(void)
{
	return read_clock(CLOCK_REALTIME);
}

static const struct sys_clock_ops kernel = { .mono = kernel_mono, .wall = kernel_wall };
static const struct sys_clock_ops *ops = &kernel;       /* process-wide by design: tests swap it */

void
sys_clock_set_ops(const struct sys_clock_ops *o)
{
	ops = o != NULL ? o : &kernel;
}

uint64_t
sys_mono(void)
{
	return ops->mono();
}

uint64_t
sys_wall(void)
{
	return ops->wall();
}

uint64_t
sys_boot(void)
{
	return read_clock(CLOCK_BOOTTIME);
}

uint64_t
sys_cpu_time(void)
{
	return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}
