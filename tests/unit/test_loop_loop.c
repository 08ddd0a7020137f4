/* test_loop_loop.c - timers, deferred calls, descriptors, children, signals and work of the loop. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "loop/loop.h"
#include "sys/io.h"
#include "sys/sock.h"
#include "sys/spawn.h"
#include "sys/time.h"

/* What ran, one letter each. */
struct trace { struct loop *l; char text[100]; struct loop_fd *fd; struct loop_timer *timer; struct loop_child *child;
	struct loop_signal *sig; int pipe[2], status; unsigned events; };

static void
note(struct trace *t, char c)
{
	const size_t n = strlen(t->text);

	assert_true(n + 1 < sizeof t->text);
	t->text[n] = c;
	t->text[n + 1] = '\0';
}

static void a(void *arg) { note(arg, 'a'); }
static void b(void *arg) { note(arg, 'b'); }
static void c(void *arg) { note(arg, 'c'); }

static int
fresh(void **state)
{
	static struct trace t;

	t = (struct trace){ .l = loop_new() };
	*state = &t;
	return t.l != NULL ? 0 : -1;
}

static int
clear(void **state)
{
	struct trace *t = *state;

	loop_free(t->l);
	return 0;
}

/* Turns until cond or ten seconds. */
#define UNTIL(t, cond) do { \
	const uint64_t end = sys_mono() + 10 * NS_PER_S; \
	while (!(cond) && sys_mono() < end) \
		(void)loop_turn((t)->l, 20 * NS_PER_MS); \
	assert_true(cond); \
} while (0)

static void
timers(void **state)
{
	struct trace *t = *state;
	const uint64_t start = sys_mono();

	(void)loop_timer_start(t->l, 30 * NS_PER_MS, 0, c, t);
	(void)loop_timer_start(t->l, 10 * NS_PER_MS, 0, a, t);
	(void)loop_timer_start(t->l, 20 * NS_PER_MS, 0, b, t);
	loop_timer_stop(loop_timer_start(t->l, 1, 0, c, t));
	loop_timer_stop(NULL);
	assert_string_equal(t->text, "");
	loop_run(t->l);
	assert_string_equal(t->text, "abc");
	assert_true(sys_mono() - start >= 29 * NS_PER_MS);
}

static void
stop_self(void *arg)
{
	struct trace *t = arg;

	note(t, 'r');
	if (strlen(t->text) == 3)
		loop_timer_stop(t->timer);
}

static void
timer_repeats(void **state)
{
	struct trace *t = *state;

	t->timer = loop_timer_start(t->l, 1, NS_PER_MS, stop_self, t);
	loop_run(t->l);
	assert_string_equal(t->text, "rrr");
}

static void
first(void *arg)
{
	struct trace *t = arg;

	note(t, '1');
	loop_defer_cancel(t->l, b, t);          /* of this turn, not run yet */
	loop_defer(t->l, c, t);                 /* next turn */
	loop_defer(t->l, a, t);
	loop_defer_cancel(t->l, a, t);
	loop_defer_cancel(t->l, first, t);      /* itself, running: nothing to take back */
}

static void
deferred(void **state)
{
	struct trace *t = *state;
	int other;

	loop_defer(t->l, a, t);
	loop_defer(t->l, first, t);
	loop_defer(t->l, b, t);
	loop_defer(t->l, b, t);
	loop_defer_cancel(t->l, a, &other);     /* another argument: stays */
	assert_string_equal(t->text, "");
	(void)loop_turn(t->l, 0);
	assert_string_equal(t->text, "a1");
	loop_run(t->l);
	assert_string_equal(t->text, "a1c");
	loop_defer(t->l, a, t);                 /* left behind: loop_free frees it */
}

static void
close_self(void *arg, unsigned events)
{
	struct trace *t = arg;

	t->events |= events;
	note(t, 'f');
	loop_fd_close(t->fd);
	loop_fd_close(t->fd);
	sys_close(t->pipe[0]);
	t->fd = NULL;
}

static void
fd_closes_itself(void **state)
{
	struct trace *t = *state;

	assert_true(sys_socketpair(t->pipe));
	t->fd = loop_fd_open(t->l, t->pipe[0], LOOP_READ, close_self, t);
	assert_int_equal(sys_write(t->pipe[1], "x", 1), 1);
	loop_run(t->l);                 /* ends: nothing is left to wait for */
	assert_string_equal(t->text, "f");
	assert_true((t->events & LOOP_READ) != 0);
	sys_close(t->pipe[1]);
}

static void
saw(void *arg, unsigned events)
{
	struct trace *t = arg;
	char x[8];

	t->events |= events;
	note(t, 'e');
	if ((events & LOOP_READ) != 0)
		(void)!sys_read(t->pipe[0], x, sizeof x);
}

static void
fd_events(void **state)
{
	struct trace *t = *state;

	assert_true(sys_socketpair(t->pipe));
	t->fd = loop_fd_open(t->l, t->pipe[0], LOOP_WRITE, saw, t);
	UNTIL(t, t->events == LOOP_WRITE);
	loop_fd_events(t->fd, 0);
	t->text[0] = '\0';
	t->events = 0;
	assert_int_equal(sys_write(t->pipe[1], "x", 1), 1);
	(void)loop_turn(t->l, 0);
	(void)loop_turn(t->l, 0);
	assert_string_equal(t->text, "");
	loop_fd_events(t->fd, LOOP_READ);
	UNTIL(t, t->events == LOOP_READ);
	sys_close(t->pipe[1]);
	UNTIL(t, (t->events & LOOP_HANGUP) != 0);
	loop_fd_close(t->fd);
	sys_close(t->pipe[0]);
	assert_null(loop_fd_open(t->l, -1, LOOP_READ, saw, t));
}

/* The number may be another file's at once. */
static void
fd_number_again(void **state)
{
	struct trace *t = *state;

	for (int i = 0; i < 20; i++) {
		assert_true(sys_socketpair(t->pipe));
		t->fd = loop_fd_open(t->l, t->pipe[0], LOOP_READ, saw, t);
		assert_non_null(t->fd);
		(void)!sys_write(t->pipe[1], "x", 1);
		t->events = 0;
		UNTIL(t, t->events != 0);
		loop_fd_close(t->fd);
		sys_close(t->pipe[0]);
		sys_close(t->pipe[1]);
	}
}

static void
ended(void *arg, int status)
{
	struct trace *t = arg;

	t->status = status;
	loop_child_forget(t->child);    /* inside its own callback: allowed, and nothing to do */
	note(t, 'x');
}

static pid_t
start(const char *script)
{
	const char *const argv[] = { "sh", "-c", script, NULL };
	const struct sys_spawn s = { .argv = argv, .fd_in = -1, .fd_out = -1, .fd_err = -1, .fd3 = -1 };
	pid_t pid;

	assert_int_equal(sys_spawn(&s, &pid, NULL), ERR_OK);
	return pid;
}

static void
child_status(void **state)
{
	struct trace *t = *state;

	t->child = loop_child_watch(t->l, start("exit 3"), ended, t);
	loop_run(t->l);
	assert_string_equal(t->text, "x");
	assert_int_equal(t->status, 3);
	t->child = loop_child_watch(t->l, start("kill -TERM $$"), ended, t);
	loop_run(t->l);
	assert_int_equal(t->status, 128 + SIGTERM);
}

/* It ended before anybody watched: no SIGCHLD is to come. */
static void
child_ended_before(void **state)
{
	struct trace *t = *state;
	const pid_t pid = start("exit 4");
	siginfo_t info;

	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	t->child = loop_child_watch(t->l, pid, ended, t);
	loop_run(t->l);
	assert_int_equal(t->status, 4);
}

static void
child_forgotten(void **state)
{
	struct trace *t = *state;
	const pid_t pid = start("exit 5"), many[3] = { start("exit 1"), start("exit 1"), start("exit 1") };

	loop_child_forget(loop_child_watch(t->l, pid, ended, t));
	loop_child_forget(NULL);
	loop_run(t->l);
	assert_string_equal(t->text, "");
	assert_int_equal(sys_wait(pid), 5);
	t->child = NULL;
	for (int i = 0; i < 3; i++)
		(void)loop_child_watch(t->l, many[i], ended, t);
	loop_run(t->l);
	assert_string_equal(t->text, "xxx");
}

static void
turns(void **state)
{
	struct trace *t = *state;
	const uint64_t start_at = sys_mono();

	assert_false(loop_turn(t->l, 0));
	assert_true(sys_socketpair(t->pipe));
	t->fd = loop_fd_open(t->l, t->pipe[0], LOOP_READ, saw, t);
	assert_true(loop_turn(t->l, 50 * NS_PER_MS));
	assert_in_range(sys_mono() - start_at, 45 * NS_PER_MS, 10 * NS_PER_S);
	assert_true(loop_turn(t->l, 0));
	assert_string_equal(t->text, "");
	/* a limit that has run out before the wait begins must not make it endless */
	for (int i = 0; i < 2000; i++)
		assert_true(loop_turn(t->l, 1));
	loop_fd_close(t->fd);
	sys_close(t->pipe[0]);
	sys_close(t->pipe[1]);
	while (loop_turn(t->l, NS_PER_MS))
		;                       /* nothing is left: false, although a limit was set */
	assert_true(loop_now(t->l) >= start_at);
}

static void
stop_loop(void *arg)
{
	struct trace *t = arg;

	note(t, 's');
	loop_stop(t->l);
}

static void
stopped(void **state)
{
	struct trace *t = *state;

	t->timer = loop_timer_start(t->l, 1, NS_PER_MS, stop_loop, t);
	loop_run(t->l);
	assert_string_equal(t->text, "s");      /* the timer is left behind: loop_free frees it */
}

static void
signals(void **state)
{
	struct trace *t = *state;

	t->sig = loop_signal_watch(t->l, SIGUSR1, a, t);
	loop_run(t->l);                 /* waiting for a signal alone is no reason to live on */
	assert_int_equal(raise(SIGUSR1), 0);
	UNTIL(t, t->text[0] != '\0');
	loop_signal_forget(t->sig);
	loop_signal_forget(NULL);
	assert_string_equal(t->text, "a");
}

static void
in_thread(void *arg)
{
	struct trace *t = arg;

	t->status = gettid() != getpid();
}

static void
work(void **state)
{
	struct trace *t = *state;

	loop_work(t->l, in_thread, a, t);
	assert_string_equal(t->text, "");
	loop_run(t->l);
	assert_string_equal(t->text, "a");
	assert_int_equal(t->status, 1);
}

static void
say_freed(void *arg)
{
	*(int *)arg += 1;
}

static void
at_free(void **state)
{
	struct loop *l = loop_new();
	int freed = 0, not = 0;

	(void)state;
	loop_at_free(l, say_freed, &freed);
	loop_at_free(l, say_freed, &not);
	loop_at_free_cancel(l, say_freed, &not);
	loop_run(l);                    /* no reason to live on */
	assert_int_equal(freed, 0);
	loop_free(l);
	assert_int_equal(freed, 1);
	assert_int_equal(not, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, fresh, clear)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(timers), T(timer_repeats), T(deferred), T(fd_closes_itself), T(fd_events), T(fd_number_again),
		T(child_status), T(child_ended_before), T(child_forgotten), T(turns), T(stopped), T(signals), T(work),
		cmocka_unit_test(at_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
