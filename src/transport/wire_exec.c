/* wire_exec.c - a program on a pty of ours: argv from the spec's words, never a shell. */
#include "transport/wire_exec.h"

#include <signal.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "sys/io.h"
#include "sys/pty.h"
#include "sys/spawn.h"

enum { ROWS = 24, COLS = 80, END_WAIT_MS = 500 };

/* The program outlives the transport by its grace time, so this has a life of its own. */
struct program {
	struct loop *loop;
	struct transport *t;            /* NULL once the transport is closed */
	pid_t pid;
	struct loop_child *child;       /* NULL: ended */
	struct loop_timer *timer;
	int status;
};

/* Copies one word to its own place without quotes and backslashes. False: a quote is open. */
static bool
take_word(char **at)
{
	char *s = *at, *to = s, quote = 0;

	for (; *s != '\0' && (quote != 0 || (*s != ' ' && *s != '\t')); s++) {
		if (quote == 0 && (*s == '\'' || *s == '"'))
			quote = *s;
		else if (*s == quote)
			quote = 0;
		else if (*s == '\\' && quote != '\'' && s[1] != '\0')
			*to++ = *++s;
		else
			*to++ = *s;
	}
	if (*s != '\0')
		s++;
	*to = '\0';
	*at = s;
	return quote == 0;
}

/* Cuts s in place into words: blanks divide, '...' and "..." and \x keep. Returns how
 * many, -1 if open. */
static int
words(char *s, const char **argv, int max)
{
	int n = 0;

	for (s += strspn(s, " \t"); *s != '\0'; s += strspn(s, " \t")) {
		if (n == max)
			return -1;
		argv[n++] = s;
		if (!take_word(&s))
			return -1;
	}
	return n;
}

static void
say_ended(struct program *p)
{
	struct transport *t = p->t;
	struct err_msg why;

	loop_timer_stop(p->timer);
	p->timer = NULL;
	if (p->child != NULL)
		err_set(&why, ERR_LOST, t->spec, "open it again with console.retry",
		    "the program closed its terminal");
	else if (p->status > 128)
		err_set(&why, ERR_LOST, t->spec, "open it again with console.retry",
		    "the program was ended by signal %d", p->status - 128);
	else
		err_set(&why, ERR_LOST, t->spec, "open it again with console.retry",
		    "the program ended with status %d", p->status);
	transport_lost(t, &why);
}

static void
end_waited(void *arg)
{
	struct program *p = arg;

	p->timer = NULL;
	say_ended(p);
}

/* The loop goes while the program has not: no grace is left. */
static void
left(void *arg)
{
	struct program *p = arg;

	sys_kill_group(p->pid, SIGKILL);
	loop_child_forget(p->child);
	loop_timer_stop(p->timer);
	mem_free(p);
}

static void
child_ended(void *arg, int status)
{
	struct program *p = arg;

	p->child = NULL;
	p->status = status;
	if (p->t == NULL) {
		loop_at_free_cancel(p->loop, left, p);
		loop_timer_stop(p->timer);
		mem_free(p);
	} else if (p->timer != NULL) {
		say_ended(p);           /* the terminal had gone before */
	}
}

static void
grace_over(void *arg)
{
	struct program *p = arg;

	p->timer = NULL;
	sys_kill_group(p->pid, SIGKILL);
}

static bool
hangup(struct transport *t)
{
	struct program *p = t->priv;

	if (p->child != NULL && p->timer == NULL)
		p->timer = loop_timer_start(t->loop, END_WAIT_MS * NS_PER_MS, 0, end_waited, p);
	else if (p->child == NULL)
		say_ended(p);
	return true;
}

static void
wire_close(struct transport *t)
{
	struct program *p = t->priv;

	t->priv = NULL;
	p->t = NULL;
	loop_timer_stop(p->timer);
	p->timer = NULL;
	if (p->child == NULL) {
		mem_free(p);
		return;
	}
	sys_kill_group(p->pid, SIGHUP);
	p->timer = loop_timer_start(t->loop, LIMIT_KILL_GRACE_MS * NS_PER_MS, 0, grace_over, p);
	loop_at_free(t->loop, left, p);
}

static enum err
start(struct transport *t, const char *const *argv, struct err_msg *why)
{
	struct program *p;
	int slave;
	pid_t pid;
	char name[64];
	enum err e = sys_pty_open(&t->fd, &slave, name, sizeof name,
	    t->ops == &wire_exec_ops, why);

	if (e != ERR_OK)
		return e;
	sys_pty_resize(t->fd, ROWS, COLS);
	e = sys_spawn(&(struct sys_spawn){ .argv = argv, .fd_in = slave, .fd_out = slave,
	    .fd_err = slave, .fd3 = -1, .tty = true, .cwd = t->set.dir }, &pid, why);
	sys_close(slave);
	if (e != ERR_OK) {
		sys_close(t->fd);
		t->fd = -1;
		return e;
	}
	t->priv = p = mem_zero(1, sizeof *p);
	*p = (struct program){ .loop = t->loop, .t = t, .pid = pid };
	p->child = loop_child_watch(t->loop, pid, child_ended, p);
	t->state = TRANSPORT_OPEN;
	return ERR_OK;
}

static enum err
wire_open(struct transport *t, const char *rest, struct err_msg *why)
{
	char *copy = mem_str(rest);
	const char **argv = mem_zero(LIMIT_ARGV + 1, sizeof *argv);
	const int n = words(copy, argv, (int)LIMIT_ARGV);
	enum err e;

	if (n <= 0)
		e = err_set(why, ERR_USAGE, t->spec, "write exec:PROGRAM ARGUMENTS",
		    n == 0 ? "no program is named"
		    : "a quote is left open, or there are too many words");
	else
		e = start(t, argv, why);
	mem_free(argv);
	mem_free(copy);
	return e;
}

static void
resize(struct transport *t, int rows, int cols)
{
	sys_pty_resize(t->fd, rows, cols);
}

const struct wire_ops wire_exec_ops = {
	.scheme = "exec", .open = wire_open, .hangup = hangup, .resize = resize,
	.close = wire_close,
};

/* The same on a terminal in its usual state: echo, lines, ^C. What a shell wants. */
const struct wire_ops wire_shell_ops = {
	.scheme = "shell", .open = wire_open, .hangup = hangup, .resize = resize,
	.close = wire_close,
};
