/* tick.c - timer_create with a real-time signal (timer_create(2), signal-safety(7)). */
#include "script/tick.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "sys/io.h"

static timer_t timer;
static bool made;
static void (*on_tick)(void);

static void
handler(int signum)
{
	const int saved = errno;

	(void)signum;
	if (on_tick != NULL)
		on_tick();
	errno = saved;
}

bool
tick_init(void (*fn)(void))
{
	struct sigaction sa;
	struct sigevent ev;

	on_tick = fn;
	if (made)
		return true;
	memset(&sa, 0, sizeof sa);
	sa.sa_handler = handler;
	sa.sa_flags = SA_RESTART;
	memset(&ev, 0, sizeof ev);
	ev.sigev_notify = SIGEV_SIGNAL;
	ev.sigev_signo = SIGRTMIN + 2;
	if (sigaction(ev.sigev_signo, &sa, NULL) != 0 ||
	    timer_create(CLOCK_MONOTONIC, &ev, &timer) != 0)
		return false;
	made = true;
	return true;
}

void
tick_fini(void)
{
	if (made)
		(void)timer_delete(timer);
	made = false;
	on_tick = NULL;
}

void
tick_arm(uint64_t period_ns)
{
	struct itimerspec its;

	its.it_value.tv_sec = (time_t)(period_ns / NS_PER_S);
	its.it_value.tv_nsec = (long)(period_ns % NS_PER_S);
	its.it_interval = its.it_value;
	if (made)
		(void)timer_settime(timer, 0, &its, NULL);
}

_Noreturn void
tick_die(const char *const *piece, int status)
{
	for (; *piece != NULL; piece++)
		(void)sys_write(2, *piece, strlen(*piece));
	_Exit(status);
}
