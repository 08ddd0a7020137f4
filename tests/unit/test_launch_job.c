/* test_launch_job.c - jobs: output, status, deadlines, what ignores SIGTERM, what holds the pipe. */
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
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "launch/job.h"
#include "sys/io.h"
#include "sys/time.h"

static struct { struct loop *l; struct job *j; unsigned outputs, changes, ends; bool free_at_end; uint64_t stall; } w;

static void
on_output(struct job *j, void *arg)
{
	assert_ptr_equal(job_arg(j), arg);
	w.outputs++;
	for (const uint64_t end = sys_mono() + w.stall; sys_mono() < end;)
		;                       /* a loop that is late */
}

static void
on_changed(struct job *j, void *arg)
{
	(void)j;
	(void)arg;
	w.changes++;
}

static void
on_ended(struct job *j, void *arg)
{
	(void)arg;
	assert_int_not_equal(job_state_of(j), JOB_RUNNING);
	w.ends++;
	if (w.free_at_end) {
		job_free(j);
		w.j = NULL;
	}
}

static const struct job_ops ops = { .output = on_output, .changed = on_changed, .ended = on_ended };

static int
fresh(void **state)
{
	(void)state;
	memset(&w, 0, sizeof w);
	w.l = loop_new();
	return w.l != NULL ? 0 : -1;
}

static int
clear(void **state)
{
	(void)state;
	job_free(w.j);
	loop_free(w.l);
	return 0;
}

static void
start(const char *script, struct job_spec spec)
{
	const char *const argv[] = { "sh", "-c", script, NULL };
	struct err_msg why;

	spec.name = "test";
	spec.kind = "run";
	spec.argv = argv;
	spec.fd3 = -1;
	assert_int_equal(job_start(w.l, 5, &spec, &ops, &w, &w.j, &why), ERR_OK);
	assert_int_equal(w.outputs + w.ends, 0);
}

#define UNTIL(cond) do { \
	const uint64_t end_ = sys_mono() + 20 * NS_PER_S; \
	while (!(cond) && sys_mono() < end_) \
		(void)loop_turn(w.l, 20 * NS_PER_MS); \
	assert_true(cond); \
} while (0)

static bool
said(const char *text)
{
	const struct ring *r = job_ring(w.j);
	char *all = mem_zero(r->end - ring_first(r) + 1, 1);
	bool found;

	(void)ring_copy(r, ring_first(r), all, r->end - ring_first(r));
	found = strstr(all, text) != NULL;
	mem_free(all);
	return found;
}

static void
is_state(const char *state, const char *code)
{
	json_t *o = job_json(w.j, 0);

	assert_string_equal(json_get_str(o, "state", ""), state);
	assert_string_equal(json_get_str(json_object_get(o, "error"), "code", ""), code);
	json_decref(o);
}

static void
success(void **state)
{
	const char *out, *err;
	size_t on, en;

	(void)state;
	start("echo one; echo 37%; sleep 0.02; echo two >&2; sleep 0.02; echo three; exit 0", (struct job_spec){ 0 });
	UNTIL(w.ends == 1);
	assert_int_equal(job_state_of(w.j), JOB_OK);
	assert_true(said("one\n37%\ntwo\nthree\n"));
	job_output(w.j, &out, &on, &err, &en);
	assert_string_equal(out, "one\n37%\nthree\n");
	assert_string_equal(err, "two\n");
	assert_true(on == strlen(out) && en == 4 && w.changes == 1);
	is_state("ok", "");
}

static void
failures(void **state)
{
	json_t *o;

	start("echo 'Error: no probe'; exit 7", (struct job_spec){ 0 });
	UNTIL(w.ends == 1);
	assert_int_equal(job_exit(w.j), 7);
	is_state("failed", "tool_failed");
	o = job_json(w.j, 0);
	assert_non_null(strstr(json_get_str(json_object_get(o, "error"), "why", ""), "7: Error: no probe"));
	json_decref(o);
	(void)clear(state);
	assert_int_equal(fresh(state), 0);
	start("kill -SEGV $$", (struct job_spec){ 0 });
	UNTIL(w.ends == 1);
	assert_int_equal(job_exit(w.j), 128 + SIGSEGV);
	o = job_json(w.j, 0);
	assert_int_equal(json_get_int(o, "signal", 0), SIGSEGV);
	json_decref(o);
}

static void
cannot_start(void **state)
{
	const char *const argv[] = { "no-such-program-of-vise", NULL };
	struct job_spec spec = { .name = "x", .kind = "run", .argv = argv, .fd3 = -1 };
	struct err_msg why;
	struct job *j;

	(void)state;
	assert_int_equal(job_start(w.l, 1, &spec, &ops, &w, &j, &why), ERR_TOOL);
	assert_null(j);
	spec.pty = true;
	assert_int_equal(job_start(w.l, 1, &spec, &ops, &w, &j, &why), ERR_TOOL);
	assert_null(j);
	loop_run(w.l);
	assert_int_equal(w.ends, 0);
}

/* The pid a script wrote as "pid=N". */
static pid_t
told_pid(void)
{
	const char *out, *err, *at;
	size_t n;

	job_output(w.j, &out, &n, &err, &n);
	at = strstr(out, "pid=");
	assert_non_null(at);
	return (pid_t)strtol(at + 4, NULL, 10);
}

/* Gone or a zombie nobody of ours can reap. */
static bool
dead(pid_t pid)
{
	char path[64], text[256] = "";
	const char *at;
	int fd;

	snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
	fd = sys_open(path, O_RDONLY, 0);
	if (fd < 0)
		return true;
	(void)!sys_read(fd, text, sizeof text - 1);
	sys_close(fd);
	at = strrchr(text, ')');
	return at == NULL || at[2] == 'Z' || at[2] == 'X';
}

/* The limit ends the whole group, also a grandchild that ignores SIGTERM and holds the pipe. */
static void
deadline(void **state)
{
	pid_t pid;

	(void)state;
	start("sh -c 'trap \"\" TERM; echo pid=$$; while :; do sleep 1; done' & wait",
	    (struct job_spec){ .timeout_ns = 300 * NS_PER_MS });
	UNTIL(said("\n"));
	UNTIL(w.ends == 1);
	pid = told_pid();
	UNTIL(dead(pid));
	is_state("killed", "deadline");
}

static void
ignores_term(void **state)
{
	uint64_t asked;

	(void)state;
	start("trap '' TERM; echo ready; while :; do sleep 0.05; done", (struct job_spec){ 0 });
	UNTIL(said("ready"));
	asked = sys_mono();
	job_stop(w.j);
	job_stop(w.j);
	UNTIL(w.ends == 1);
	assert_true(sys_mono() - asked >= (LIMIT_KILL_GRACE_MS - 100) * NS_PER_MS);
	assert_int_equal(job_exit(w.j), 128 + SIGKILL);
	is_state("killed", "cancelled");
}

static void
stopped_politely(void **state)
{
	(void)state;
	start("trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.02; done", (struct job_spec){ 0 });
	UNTIL(said("ready"));
	job_stop(w.j);
	UNTIL(w.ends == 1);
	assert_true(said("bye"));
	assert_int_equal(job_exit(w.j), 3);
	is_state("killed", "cancelled");
}

/* A process left behind in another session holds the pipe: the job ends all the same, with all that was said. */
static void
holder(void **state)
{
	const uint64_t begin = sys_mono();
	pid_t pid;

	(void)state;
	start("setsid sleep 60 & echo pid=$!; echo done", (struct job_spec){ 0 });
	UNTIL(w.ends == 1);
	assert_true(sys_mono() - begin < 15 * NS_PER_S);
	assert_true(said("done\n"));
	pid = told_pid();
	(void)kill(pid, SIGKILL);
	is_state("ok", "");
}

/* The same with a loop that comes late: what the pipe holds is still read. */
static void
late_loop(void **state)
{
	const char *out, *err;
	size_t on, en;
	pid_t pid;

	(void)state;
	w.stall = 250 * NS_PER_MS;
	start("setsid sleep 60 & echo pid=$!; head -c 60000 /dev/zero | tr '\\0' x; echo end", (struct job_spec){ 0 });
	UNTIL(w.ends == 1);
	job_output(w.j, &out, &on, &err, &en);
	pid = told_pid();
	(void)kill(pid, SIGKILL);
	assert_true(on > 60000);
	assert_string_equal(out + on - 5, "xend\n");
}

static void
terminal(void **state)
{
	(void)state;
	start("stty size; read x; echo got=$x; test -t 0 && test -t 1 && echo tty", (struct job_spec){ .pty = true });
	job_resize(w.j, 20, 70);
	UNTIL(w.outputs > 0);
	job_write(w.j, "hello\n", 6);
	UNTIL(w.ends == 1);
	assert_true(said("hello\r\n"));         /* the terminal's echo */
	assert_true(said("got=hello\r\ntty\r\n"));
	is_state("ok", "");
}

static void
input(void **state)
{
	static char big[200000];

	(void)state;
	memset(big, 'x', sizeof big);
	start("head -c 200000 | wc -c; read y; echo $y", (struct job_spec){ 0 });
	job_write(w.j, big, sizeof big);
	job_write(w.j, "fin\n", 4);
	UNTIL(w.ends == 1);
	assert_true(said("200000\n"));
	job_write(w.j, "late", 4);
}

static void
log_file(void **state)
{
	char path[] = "/tmp/vise-test-XXXXXX";
	const int fd = mkstemp(path);
	struct stat st;
	struct buf b;

	(void)state;
	assert_true(fd >= 0 && close(fd) == 0 && unlink(path) == 0);
	w.free_at_end = true;
	start("head -c 700000 /dev/zero | tr '\\0' x; echo end >&2", (struct job_spec){ .log_path = path });
	UNTIL(w.ends == 1);
	assert_null(w.j);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	buf_init(&b, 1 << 21);
	assert_int_equal(sys_file_read(path, 1 << 20, &b, NULL), ERR_OK);
	assert_int_equal(b.len, 700004);
	buf_fini(&b);
	assert_int_equal(unlink(path), 0);
}

/* More than the ring holds, read by a loop that is late: the log has all of it. Why it failed stands at its end. */
static void
log_all(void **state)
{
	char path[] = "/tmp/vise-test-XXXXXX";
	const int fd = mkstemp(path);
	struct stat st;

	(void)state;
	assert_true(fd >= 0 && close(fd) == 0 && unlink(path) == 0);
	start("head -c 6000000 /dev/zero | tr '\\0' x; exit 5", (struct job_spec){ .log_path = path });
	w.stall = NS_PER_MS;
	UNTIL(w.ends == 1);
	assert_int_equal(stat(path, &st), 0);
	assert_in_range(st.st_size, 6000020, 6000400);
	assert_int_equal(unlink(path), 0);
}

/* A log on a full disk costs the log, and says so. */
static void
log_full(void **state)
{
	json_t *o;

	(void)state;
	start("head -c 3000000 /dev/zero | tr '\\0' x", (struct job_spec){ .log_path = "/dev/full" });
	UNTIL(w.ends == 1);
	o = job_json(w.j, 0);
	assert_string_equal(json_get_str(o, "state", ""), "ok");
	assert_true(json_get_int(o, "log_lost", 0) >= 3000000 - (int64_t)LIMIT_JOB_RING);
	json_decref(o);
}

/* Percent of a size that the script knows are bytes, with rate and time left. */
static void
sized(void **state)
{
	json_t *o, *p;

	(void)state;
	start("echo 'Writing 10%'; sleep 0.05; echo 'Writing 60%'; read x", (struct job_spec){ 0 });
	job_set_size(w.j, 40000);
	UNTIL(w.changes >= 1 && said("60%"));
	o = job_json(w.j, 0);
	p = json_object_get(o, "progress");
	assert_int_equal(json_get_int(p, "done", 0), 24000);
	assert_int_equal(json_get_int(p, "total", 0), 40000);
	assert_true(json_get_num(p, "rate", -1) >= 0 && json_get_num(p, "percent", 0) > 59);
	assert_string_equal(json_get_str(p, "stage", ""), "write");
	json_decref(o);
	job_set_progress(w.j, 900, "verify");
	o = job_json(w.j, 0);
	p = json_object_get(o, "progress");
	assert_null(json_object_get(p, "percent"));
	assert_string_equal(json_get_str(p, "stage", ""), "verify");
	json_decref(o);
	job_write(w.j, "\n", 1);
	UNTIL(w.ends == 1);
}

static void
kept(void **state)
{
	const char *out, *err;
	size_t on, en;

	(void)state;
	start("head -c 3000000 /dev/zero | tr '\\0' x", (struct job_spec){ 0 });
	UNTIL(w.ends == 1);
	job_output(w.j, &out, &on, &err, &en);
	assert_int_equal(on, JOB_KEEP);
	assert_int_equal(job_ring(w.j)->end, 3000000);
	assert_int_equal(ring_first(job_ring(w.j)), 3000000 - LIMIT_JOB_RING);
}

static void
freed_running(void **state)
{
	pid_t pid;

	(void)state;
	start("echo pid=$$; sleep 60", (struct job_spec){ .timeout_ns = NS_PER_S });
	UNTIL(said("\n"));
	pid = told_pid();
	job_free(w.j);
	w.j = NULL;
	assert_true(dead(pid));
	loop_run(w.l);
	assert_int_equal(w.ends, 0);
}

static void
said_by_script(void **state)
{
	struct err_msg why;
	json_t *o;

	(void)state;
	start("exit 1", (struct job_spec){ .by = "me" });
	(void)err_set(&why, ERR_VERIFY, "page 5", "try again", "differs");
	job_set_progress(w.j, 50, "write");
	job_set_error(w.j, &why, NULL);
	assert_int_equal(w.changes, 1);
	UNTIL(w.ends == 1);
	o = job_json(w.j, 0);
	assert_string_equal(json_get_str(json_object_get(o, "error"), "what", ""), "page 5");
	assert_string_equal(json_get_str(json_object_get(o, "progress"), "stage", ""), "write");
	assert_string_equal(json_get_str(o, "by", ""), "me");
	assert_int_equal(json_get_int(o, "id", 0), job_id(w.j));
	json_decref(o);
}

#define T(f) cmocka_unit_test_setup_teardown(f, fresh, clear)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(success), T(failures), T(cannot_start), T(deadline), T(ignores_term), T(stopped_politely), T(holder),
		T(late_loop), T(terminal), T(input), T(log_file), T(log_all),
		T(log_full), T(sized), T(kept), T(freed_running), T(said_by_script),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
