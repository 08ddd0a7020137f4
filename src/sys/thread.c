/* thread.c - threads of POSIX. */
#include "sys/thread.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>

#include "base/alloc.h"

struct sys_thread {
	pthread_t id;
	void (*run)(void *arg);
	void *arg;
};

static void *
begin(void *arg)
{
	const struct sys_thread *t = arg;

	t->run(t->arg);
	return NULL;
}

struct sys_thread *
sys_thread_start(void (*run)(void *arg), void *arg)
{
	struct sys_thread *t = mem_zero(1, sizeof *t);
	sigset_t all, before;
	int e;

	t->run = run;
	t->arg = arg;
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	e = pthread_create(&t->id, NULL, begin, t);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (e != 0) {
		mem_free(t);
		return NULL;
	}
	return t;
}

void
sys_thread_join(struct sys_thread *t)
{
	if (t == NULL)
		return;
	(void)pthread_join(t->id, NULL);
	mem_free(t);
}

void
sys_yield(void)
{
	(void)sched_yield();
}

unsigned
sys_cpus(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	return sched_getaffinity(0, sizeof set, &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
}
