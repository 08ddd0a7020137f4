/* demo.c - the simulated board of a bench. */
#include "bench/demo.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "bench/news.h"
#include "core/command.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/spawn.h"
#include "sys/time.h"

static const uint64_t START_NS = 5 * NS_PER_S;

/* vise-sim prints "ready DIR" when all is there. */
static enum err
wait_ready(int fd, struct err_msg *why)
{
	const uint64_t end = sys_mono() + START_NS;
	char text[256];
	size_t n = 0;

	while (sys_mono() < end && n < sizeof text - 1) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		ssize_t got;

		if (poll(&p, 1, 100) <= 0)
			continue;
		got = sys_read(fd, text + n, sizeof text - 1 - n);
		if (got <= 0)
			break;
		n += (size_t)got;
		text[n] = '\0';
		if (strstr(text, "ready") != NULL)
			return ERR_OK;
	}
	return err_set(why, ERR_INFRA, "vise-sim", "run `vise-sim board DIR` by hand to see why",
	    "the simulated board did not start");
}

static enum err
start(struct bench *b, const char *dir, struct err_msg *why)
{
	char *program = path_program("vise-sim");
	const char *argv[] = { program, "board", dir, NULL };
	int p[2];
	enum err e;

	if (pipe2(p, O_CLOEXEC) != 0) {
		mem_free(program);
		return err_errno(why, errno, "vise-sim", "pipe");
	}
	const struct sys_spawn s = { .argv = argv,
		.fd_in = -1,
		.fd_out = p[1],
		.fd_err = -1,
		.fd3 = -1,
		.no_new_privs = true };

	e = sys_spawn(&s, &b->sim, why);
	sys_close(p[1]);
	if (e == ERR_OK)
		e = wait_ready(p[0], why);
	sys_close(p[0]);
	mem_free(program);
	return e;
}

enum err
demo_open(struct bench *b, struct err_msg *why)
{
	char *dir = bench_path(b, "sim", "%s", "");
	enum err e = start(b, dir, why);

	if (e == ERR_OK) {
		b->demo_run[0] = mem_fmt("console.open \"pty:%s/tty\"", dir);
		b->demo_run[1] =
		    mem_fmt("profile.load \"%s/heap-a.pb.gz\" \"%s/heap-b.pb.gz\"", dir, dir);
		b->demo_run[2] = mem_str("board.use sim");
		b->demo_proc = path_join(dir, "proc");
		b->demo_sys = path_join(dir, "sys");
		b->profile_url = mem_fmt("unix:%s/pprof.sock:/debug/pprof/heap?gc=1", dir);
		b->given.proc_root = b->demo_proc;
		b->given.sys_root = b->demo_sys;
		b->given.gauge_process = "app";
		b->given.run = (const char *const *)b->demo_run;
	}
	mem_free(dir);
	return e;
}

void
demo_close(struct bench *b)
{
	if (b->sim > 0) {
		sys_kill_group(b->sim, SIGTERM);
		(void)sys_wait(b->sim);
	}
	for (size_t i = 0; i < sizeof b->demo_run / sizeof *b->demo_run; i++)
		mem_free(b->demo_run[i]);
	mem_free(b->demo_proc);
	mem_free(b->demo_sys);
}
