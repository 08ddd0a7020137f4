/* test_sys_spawn.c - children get exactly the arguments, descriptors, folder and environment asked for. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/slice.h"
#include "sys/io.h"
#include "sys/pty.h"
#include "sys/sock.h"
#include "sys/spawn.h"

/* Runs s with its output in a pipe; returns the exit status. */
static int
run(struct sys_spawn *s, struct buf *out)
{
	struct err_msg why;
	int p[2];
	pid_t pid;
	char piece[4096];

	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	s->fd_out = p[1];
	assert_int_equal(sys_spawn(s, &pid, &why), ERR_OK);
	sys_close(p[1]);
	buf_init(out, 1 << 20);
	for (ssize_t got; (got = sys_read(p[0], piece, sizeof piece)) > 0;)
		assert_int_equal(buf_add(out, piece, (size_t)got), ERR_OK);
	sys_close(p[0]);
	return sys_wait(pid);
}

#define SPAWN(...) { .argv = (const char *const[]){ __VA_ARGS__, NULL }, .fd_in = -1, .fd_out = -1, .fd_err = -1, \
	.fd3 = -1 }

static void
arguments(void **state)
{
	struct sys_spawn s = SPAWN("printf", "[%s]", "a b", "", "$HOME;`x`", "\"'\\", "\xff");
	struct buf out;

	(void)state;
	assert_int_equal(run(&s, &out), 0);
	assert_string_equal(buf_str(&out), "[a b][][$HOME;`x`][\"'\\][\xff]");
	buf_fini(&out);
}

/* Descriptors of ours, close-on-exec or not, stay with us. */
static void
descriptors(void **state)
{
	struct sys_spawn s = SPAWN("sh", "-c", "for i in 0 1 2 3 4 5 6 7 8 9 20 40; do [ -e /proc/$$/fd/$i ] && "
	    "printf '%s ' $i; done; true");
	const int leak = open("/dev/null", O_RDONLY);
	int pair[2];
	struct buf out;

	(void)state;
	assert_true(leak >= 3 && dup2(leak, 40) == 40);
	assert_int_equal(run(&s, &out), 0);
	assert_string_equal(buf_str(&out), "0 1 2 ");
	buf_fini(&out);
	assert_true(sys_socketpair(pair));
	s.fd3 = pair[0];
	assert_int_equal(run(&s, &out), 0);
	assert_string_equal(buf_str(&out), "0 1 2 3 ");
	buf_fini(&out);
	sys_close(leak);
	sys_close(40);
	sys_close(pair[0]);
	sys_close(pair[1]);
}

/* The wanted descriptors may sit on each other's places. */
static void
crossed(void **state)
{
	struct sys_spawn s = SPAWN("sh", "-c", "cat; cat <&3");
	int in[2], three[2];
	struct buf out;

	(void)state;
	assert_int_equal(pipe2(three, O_CLOEXEC), 0);
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_true(sys_write_all(in[1], "in ", 3) && sys_write_all(three[1], "three", 5));
	sys_close(in[1]);
	sys_close(three[1]);
	s.fd_in = in[0];
	s.fd3 = three[0];
	assert_int_equal(run(&s, &out), 0);
	assert_string_equal(buf_str(&out), "in three");
	buf_fini(&out);
	sys_close(in[0]);
	sys_close(three[0]);
}

static void
missing(void **state)
{
	struct sys_spawn s = SPAWN("no-such-program-of-vise");
	const char *const empty[] = { "", NULL }, *const folder[] = { "/tmp", NULL };
	struct err_msg why;
	pid_t pid;

	(void)state;
	assert_int_equal(sys_spawn(&s, &pid, &why), ERR_TOOL);
	assert_string_equal(why.what, "no-such-program-of-vise");
	assert_string_equal(why.why, "no such program");
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	s.argv = empty;
	assert_int_equal(sys_spawn(&s, &pid, &why), ERR_USAGE);
	s.argv = folder;
	assert_int_equal(sys_spawn(&s, &pid, &why), ERR_DENIED);
	s.argv = (const char *const[]){ "true", NULL };
	s.cwd = "/no/such/folder";
	assert_int_equal(sys_spawn(&s, &pid, &why), ERR_TOOL);
}

static void
surroundings(void **state)
{
	const char *const add[] = { "VISE_A=new", "VISE_B=", NULL };
	struct sys_spawn s = SPAWN("sh", "-c", "pwd; echo $VISE_A,${VISE_B-unset},$VISE_AB; env | grep -c ^VISE_A=");
	struct buf out;

	(void)state;
	assert_int_equal(setenv("VISE_A", "old", 1), 0);
	assert_int_equal(setenv("VISE_AB", "kept", 1), 0);
	s.cwd = "/usr";
	s.env_add = add;
	assert_int_equal(run(&s, &out), 0);
	assert_string_equal(buf_str(&out), "/usr\nnew,,kept\n1\n");
	buf_fini(&out);
	assert_string_equal(getenv("VISE_A"), "old");
}

static void
signals_default(void **state)
{
	struct sys_spawn s = SPAWN("sh", "-c", "grep -E '^Sig(Blk|Ign)' /proc/self/status; ps -o pgid= -p $$ | "
	    "grep -qx \" *$$\" && echo own");
	const char *ignored;
	uint64_t mask;
	sigset_t set;
	struct buf out;

	(void)state;
	assert_true(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	assert_int_equal(sigprocmask(SIG_BLOCK, &set, NULL), 0);
	(void)run(&s, &out);
	assert_int_equal(sigprocmask(SIG_UNBLOCK, &set, NULL), 0);
	assert_non_null(strstr(buf_str(&out), "SigBlk:\t0000000000000000"));
	assert_non_null(ignored = strstr(buf_str(&out), "SigIgn:\t"));
	assert_true(slice_hex(slice_make(ignored + 8, 16), &mask));
	assert_int_equal(mask & ~UINT64_C(0x180000000), 0);     /* 32 and 33 are the C library's own */
	buf_fini(&out);
}

static void
statuses(void **state)
{
	struct sys_spawn s = SPAWN("sh", "-c", "exit 7"), k = SPAWN("sh", "-c", "kill -9 $$"), w = SPAWN("cat");
	int in[2], status = -1;
	struct buf out;
	pid_t pid;

	(void)state;
	assert_int_equal(run(&s, &out), 7);
	buf_fini(&out);
	assert_int_equal(run(&k, &out), 128 + 9);
	buf_fini(&out);
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	w.fd_in = in[0];
	w.fd_out = -1;
	assert_int_equal(sys_spawn(&w, &pid, NULL), ERR_OK);
	assert_false(sys_wait_poll(pid, &status));
	assert_int_equal(getpgid(pid), pid);
	sys_kill_group(pid, SIGTERM);
	assert_int_equal(sys_wait(pid), 128 + SIGTERM);
	assert_true(sys_wait_poll(pid, &status));
	assert_int_equal(status, 127);
	sys_close(in[0]);
	sys_close(in[1]);
}

static void
terminal(void **state)
{
	struct sys_spawn s = SPAWN("sh", "-c", "tty; echo x >/dev/tty; stty size");
	struct buf out;
	char name[64], piece[512];
	int master, slave;
	pid_t pid;

	(void)state;
	assert_int_equal(sys_pty_open(&master, &slave, name, sizeof name, false, NULL), ERR_OK);
	sys_pty_resize(master, 33, 99);
	s.fd_in = s.fd_out = s.fd_err = slave;
	s.tty = true;
	assert_int_equal(sys_spawn(&s, &pid, NULL), ERR_OK);
	sys_close(slave);
	assert_true(sys_nonblock(master, false));
	buf_init(&out, 1 << 16);
	for (ssize_t got; (got = sys_read(master, piece, sizeof piece)) > 0;)
		(void)buf_add(&out, piece, (size_t)got);
	assert_int_equal(sys_wait(pid), 0);
	assert_non_null(strstr(buf_str(&out), name));
	assert_non_null(strstr(buf_str(&out), "x\r\n33 99\r\n"));
	buf_fini(&out);
	sys_close(master);
}

static pid_t
never(const struct sys_spawn *s, int *errnum)
{
	(void)s;
	*errnum = EAGAIN;
	return -1;
}

static void
table(void **state)
{
	static const struct sys_spawn_ops ops = { .spawn = never };
	struct sys_spawn s = SPAWN("true");
	struct err_msg why;
	pid_t pid;

	(void)state;
	sys_spawn_set_ops(&ops);
	assert_int_equal(sys_spawn(&s, &pid, &why), ERR_TOOL);
	assert_non_null(strstr(why.why, strerror(EAGAIN)));
	sys_spawn_set_ops(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arguments), cmocka_unit_test(descriptors), cmocka_unit_test(crossed),
		cmocka_unit_test(missing), cmocka_unit_test(surroundings), cmocka_unit_test(signals_default),
		cmocka_unit_test(statuses), cmocka_unit_test(terminal), cmocka_unit_test(table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
