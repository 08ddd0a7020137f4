/* script_wait.c - a script host in the foreground: its end, signals, places it holds. */
#include "cli/script_wait.h"

#include <signal.h>
#include <unistd.h>

#include "base/clock.h"
#include "sys/spawn.h"

static const uint64_t LOOK_NS = 200 * NS_PER_MS, GRACE_NS = 10 * NS_PER_S;

struct child {
	bool ended, over;
	int status;
	pid_t pid;
	struct place_use *use;
	struct loop *loop;
	struct loop_timer *late;
};

static void
on_ended(void *arg, int status)
{
	struct child *k = arg;

	k->status = status;
	k->ended = true;
}

static void
on_late(void *arg)
{
	struct child *k = arg;

	k->late = NULL;
	sys_kill_group(k->pid, SIGTERM);
}

/* The lease is over: the script gets lost_place where it waits, and may clean up. */
static void
on_look(void *arg)
{
	struct child *k = arg;
	struct err_msg why;

	if (k->over || !place_use_over(k->use, &why))
		return;
	k->over = true;
	sys_kill_group(k->pid, SIGUSR1);
	k->late = loop_timer_start(k->loop, GRACE_NS, 0, on_late, k);
}

static int
wait_for(struct client *c, struct child *k)
{
	struct loop_child *child = loop_child_watch(client_loop(c), k->pid, on_ended, k);

	while (!k->ended) {
		const enum err e = client_wait(c, &k->ended, 0, NULL);
		const int sig = client_signal(c);

		if (e == ERR_CANCELLED) {
			/* ^C at a terminal has reached the whole group, the script too */
			if (sig != SIGINT || isatty(STDIN_FILENO) == 0)
				sys_kill_group(k->pid, sig);
			client_resume(c);
		} else if (e != ERR_OK) { /* the bench ended; the script sees it too */
			loop_child_forget(child);
			return sys_wait(k->pid);
		}
	}
	return k->status;
}

int
script_wait(struct client *c, pid_t pid, struct place_use *use)
{
	struct child k = { .pid = pid, .use = use, .loop = client_loop(c) };
	struct loop_timer *t = use != NULL && place_use_count(use) != 0 ?
	    loop_timer_start(client_loop(c), LOOK_NS, LOOK_NS, on_look, &k) : NULL;
	const int status = wait_for(c, &k);

	loop_timer_stop(t);
	loop_timer_stop(k.late);
	return status;
}
