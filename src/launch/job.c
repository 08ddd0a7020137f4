/* job.c - running a child process: its output, progress, deadline and end. */
#include "launch/job.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/limits.h"
#include "sys/io.h"
#include "sys/pty.h"
#include "sys/spawn.h"
#include "sys/time.h"

enum { INPUT_MAX = 1 << 20, DRAIN_NS = 200000000, LOG_NS = 50000000 };

struct pipe_end {
	int fd;
	struct loop_fd *watch;
	struct buf keep;
	uint64_t dropped;
	struct job *job;
};

struct job {
	struct loop *loop;
	uint32_t id;
	char *name, *kind, *by, *log_path, **argv;
	const struct job_ops *ops;
	void *arg;
	pid_t pid;
	bool pty, exited, ended, stopping, timed_out;
	struct pipe_end in, out, err;   /* a pty: out is its master, in shares it */
	struct buf input;
	bool input_ends;                /* behind what waits in it */
	struct ring ring;
	struct progress progress;
	struct loop_child *child;
	struct loop_timer *deadline, *kill, *drain, *log;
	int log_fd;
	uint64_t logged, log_lost, started, finished;
	struct { unsigned pass; uint64_t since; double from; } pace;    /* of this pass */
	uint64_t moved;                 /* when its progress was told last */
	uint64_t grace;                 /* SIGTERM to SIGKILL */
	uint64_t size;                  /* bytes of the whole, 0: unknown */
	enum job_state state;
	int exit;
	struct err_msg error;
	json_t *cause;                  /* of error, or NULL */
};

/* ---- the log file: written from the ring, a little later, never in the reading path */

static void
log_flush(struct job *j)
{
	const unsigned char *p;
	size_t n;

	if (j->log_fd < 0)
		return;
	if (j->logged < ring_first(&j->ring)) {         /* a full disk */
		j->log_lost += ring_first(&j->ring) - j->logged;
		j->logged = ring_first(&j->ring);
	}
	while ((n = ring_peek(&j->ring, j->logged, &p)) != 0) {
		const ssize_t put = sys_write(j->log_fd, p, n);

		if (put <= 0)
			return;         /* tried again with the next output, and at the end */
		j->logged += (uint64_t)put;
	}
}

/* Why it failed, for whoever reads the file alone. */
static void
log_end(const struct job *j)
{
	char text[1024];

	if (j->log_fd < 0 || j->error.code == ERR_OK)
		return;
	err_format(&j->error, text, sizeof text);
	(void)!sys_write(j->log_fd, "vise: ", 6);
	(void)!sys_write(j->log_fd, text, strlen(text));
	(void)!sys_write(j->log_fd, "\n", 1);
}

static void
on_log(void *arg)
{
	struct job *j = arg;

	j->log = NULL;
	log_flush(j);
}

/* ---- output */

static void
keep(struct pipe_end *e, const char *p, size_t n)
{
	const size_t room = JOB_KEEP - e->keep.len;

	(void)buf_add(&e->keep, p, n < room ? n : room);
	e->dropped += n < room ? 0 : n - room;
}

/* A tool may say more between two looks than the ring holds: the log has all of it. */
static void
to_ring(struct job *j, const char *p, size_t n)
{
	if (j->log_fd >= 0 && j->ring.end + n - j->logged > LIMIT_JOB_RING)
		log_flush(j);
	ring_put(&j->ring, p, n);
	if (j->log == NULL && j->log_fd >= 0)
		j->log = loop_timer_start(j->loop, LOG_NS, 0, on_log, j);
}

/* When this pass began: what rate and time left are counted from. */
static void
keep_pace(struct job *j)
{
	const struct progress *p = &j->progress;

	j->moved = sys_mono();
	if (j->pace.since != 0 && j->pace.pass == p->pass)
		return;
	j->pace.pass = p->pass;
	j->pace.since = sys_mono();
	j->pace.from = p->percent > 0 ? p->percent : 0;
}

static void
changed(struct job *j)
{
	keep_pace(j);
	if (j->ops->changed != NULL)
		j->ops->changed(j, j->arg);
}

static void
take_output(struct job *j, struct pipe_end *e, const char *p, size_t n)
{
	to_ring(j, p, n);
	keep(e, p, n);
	if (progress_feed(&j->progress, p, n))
		changed(j);
	if (j->ops->output != NULL)
		j->ops->output(j, j->arg);
}

static void
end_close(struct pipe_end *e)
{
	loop_fd_close(e->watch);
	e->watch = NULL;
	sys_close(e->fd);
	e->fd = -1;
}

static void finish(struct job *j);

static void
maybe_finish(struct job *j)
{
	if (j->exited && j->out.fd < 0 && j->err.fd < 0)
		finish(j);
}

static void write_input(struct job *j);

static void
on_output(void *arg, unsigned events)
{
	struct pipe_end *e = arg;
	struct job *j = e->job;
	char piece[16384];
	ssize_t got;

	if ((events & LOOP_WRITE) != 0)
		write_input(j);
	if ((events & (LOOP_READ | LOOP_HANGUP)) == 0 || e->fd < 0)
		return;
	got = sys_read(e->fd, piece, sizeof piece);
	if (got > 0) {
		take_output(j, e, piece, (size_t)got);
	} else if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) {
		end_close(e);           /* EIO: every slave of the pty is closed */
		maybe_finish(j);
	}
}

/* ---- input */

static void
watch_input(struct job *j)
{
	const unsigned more = j->input.len != 0 ? LOOP_WRITE : 0;

	if (j->pty && j->out.watch != NULL)
		loop_fd_events(j->out.watch, LOOP_READ | more);
	else if (j->in.watch != NULL)
		loop_fd_events(j->in.watch, more);
}

static void
write_input(struct job *j)
{
	const int fd = j->pty ? j->out.fd : j->in.fd;

	while (fd >= 0 && j->input.len != 0) {
		const ssize_t put = sys_write(fd, j->input.data, j->input.len);

		if (put <= 0)
			break;
		buf_eat(&j->input, (size_t)put);
	}
	if (j->input_ends && !j->pty && j->input.len == 0)
		end_close(&j->in);
	watch_input(j);
}

static void
on_input(void *arg, unsigned events)
{
	struct pipe_end *e = arg;

	if ((events & LOOP_HANGUP) != 0)
		end_close(e);
	else
		write_input(e->job);
}

void
job_write(struct job *j, const void *p, size_t n)
{
	if (j->state != JOB_RUNNING)
		return;
	(void)buf_add(&j->input, p, n);
	write_input(j);
}

void
job_input_end(struct job *j)
{
	if (j->pty)
		job_write(j, "\4", 1);
	j->input_ends = true;
	write_input(j);
}

void
job_resize(struct job *j, int rows, int cols)
{
	if (j->pty && j->out.fd >= 0)
		sys_pty_resize(j->out.fd, rows, cols);
}

/* ---- the end */

static void
stop_timer(struct loop_timer **t)
{
	loop_timer_stop(*t);
	*t = NULL;
}

/* The loop tells the end as 128 + the signal; an exit status of 255 (ssh, st-flash) is none. */
static int
signal_of(const struct job *j)
{
	return j->exit > 128 && j->exit <= 128 + 64 ? j->exit - 128 : 0;
}

static void
judge(struct job *j)
{
	/* the tool's own words: the first that sound like an error, else its last */
	const char *said = j->progress.error[0] != '\0' ? j->progress.error : j->progress.last;

	if (j->timed_out || j->stopping)
		j->state = JOB_KILLED;
	else
		j->state = j->exit == 0 ? JOB_OK : JOB_FAILED;
	if (j->error.code != ERR_OK || j->state == JOB_OK)
		return;
	if (j->timed_out)
		(void)err_set(&j->error, ERR_DEADLINE, j->name, NULL, "ended after its time limit");
	else if (j->stopping)
		(void)err_set(&j->error, ERR_CANCELLED, j->name, NULL, "stopped");
	else if (signal_of(j) != 0)
		(void)err_set(
		    &j->error, ERR_TOOL, j->name, NULL, "killed by signal %d", signal_of(j));
	else
		(void)err_set(&j->error, ERR_TOOL, j->name, NULL, "exit status %d%s%s", j->exit,
		    said[0] != '\0' ? ": " : "", said);
}

static bool
must_end(const struct job *j)
{
	return j->stopping || j->timed_out;
}

/* The leader is reaped, its number may be another's by now: only the group, which it alone could
 * name. */
static void
kill_rest(const struct job *j, int sig)
{
	if (j->pid > 1)
		(void)kill(-j->pid, sig);
}

static void
finish(struct job *j)
{
	if (j->ended)
		return;
	j->ended = true;
	if (must_end(j))
		kill_rest(j, SIGKILL);
	j->finished = sys_mono();
	(void)progress_feed(&j->progress, "\n", 1);
	stop_timer(&j->deadline);
	stop_timer(&j->kill);
	stop_timer(&j->drain);
	stop_timer(&j->log);
	end_close(&j->in);
	judge(j);
	log_flush(j);
	log_end(j);
	sys_close(j->log_fd);
	j->log_fd = -1;
	j->ops->ended(j, j->arg);
}

/* What lies in the pipe already was said by the child: it is not lost because somebody holds the
 * other end. */
static void
read_last(struct job *j, struct pipe_end *e)
{
	char piece[16384];
	ssize_t got = 1;

	for (size_t left = LIMIT_JOB_RING; e->fd >= 0 && got > 0 && left >= sizeof piece;
	     left -= sizeof piece) {
		got = sys_read(e->fd, piece, sizeof piece);
		if (got > 0)
			take_output(j, e, piece, (size_t)got);
	}
	end_close(e);
}

static void
on_drained(void *arg)
{
	struct job *j = arg;

	j->drain = NULL; /* somebody it left behind holds the pipe: do not wait for him */
	read_last(j, &j->out);
	read_last(j, &j->err);
	finish(j);
}

static void
on_exit_status(void *arg, int status)
{
	struct job *j = arg;

	j->child = NULL;
	j->exited = true;
	j->exit = status;
	stop_timer(&j->kill);
	kill_rest(j, SIGTERM);          /* what it started goes with it */
	j->drain = loop_timer_start(
	    j->loop, must_end(j) ? LIMIT_KILL_GRACE_MS * NS_PER_MS : DRAIN_NS, 0, on_drained, j);
	maybe_finish(j);
}

static void
on_kill(void *arg)
{
	struct job *j = arg;

	j->kill = NULL;
	sys_kill_group(j->pid, SIGKILL);
}

static void
terminate(struct job *j)
{
	if (j->exited || j->kill != NULL)
		return;
	sys_kill_group(j->pid, SIGTERM);
	j->kill = loop_timer_start(j->loop, j->grace, 0, on_kill, j);
}

void
job_stop(struct job *j)
{
	j->stopping = true;
	terminate(j);
}

bool
job_stopping(const struct job *j)
{
	return j->stopping && !j->ended;
}

void
job_end_now(struct job *j)
{
	j->stopping = true;
	if (!j->exited)
		sys_kill_group(j->pid, SIGKILL);
}

static void
on_gentle(void *arg)
{
	struct job *j = arg;

	j->kill = NULL;
	terminate(j);
}

void
job_stop_gently(struct job *j)
{
	j->stopping = true;
	if (j->exited || j->kill != NULL)
		return;
	end_close(&j->in);
	j->kill = loop_timer_start(j->loop, LIMIT_KILL_GRACE_MS * NS_PER_MS, 0, on_gentle, j);
}

static void
on_deadline(void *arg)
{
	struct job *j = arg;

	j->deadline = NULL;
	j->timed_out = true;
	terminate(j);
}

/* ---- the start */

static char **
copy_argv(const char *const *argv)
{
	size_t n = 0;
	char **copy;

	while (argv[n] != NULL)
		n++;
	copy = mem_zero(n + 1, sizeof *copy);
	for (size_t i = 0; i < n; i++)
		copy[i] = mem_str(argv[i]);
	return copy;
}

/* The program whose words these are: env(1) only gives it variables. */
static const char *
tool_of(char *const *argv)
{
	if (argv[0] != NULL && strcmp(argv[0], "env") == 0)
		for (argv++; argv[0] != NULL && strchr(argv[0], '=') != NULL; argv++)
			;
	return argv[0];
}

struct child_fds { int in, out, err; };

static enum err
open_pty(struct job *j, struct child_fds *c, struct err_msg *why)
{
	const enum err e = sys_pty_open(&j->out.fd, &c->in, NULL, 0, false, why);

	c->out = c->err = c->in;
	return e;
}

static enum err
open_pipes(struct job *j, struct child_fds *c, struct err_msg *why)
{
	int p[3][2];

	for (int i = 0; i < 3; i++)
		if (pipe2(p[i], O_CLOEXEC) != 0) {
			const enum err e = err_errno(why, errno, j->name, "pipe");

			while (i-- > 0) {
				sys_close(p[i][0]);
				sys_close(p[i][1]);
			}
			return e;
		}
	*c = (struct child_fds){ p[0][0], p[1][1], p[2][1] };
	j->in.fd = p[0][1];
	j->out.fd = p[1][0];
	j->err.fd = p[2][0];
	(void)sys_nonblock(j->in.fd, true);
	(void)sys_nonblock(j->out.fd, true);
	(void)sys_nonblock(j->err.fd, true);
	return ERR_OK;
}

/* Its 0 and 1 are somebody else's business. */
static enum err
open_stderr(struct job *j, struct child_fds *c, int fd_io, struct err_msg *why)
{
	int p[2];

	if (pipe2(p, O_CLOEXEC) != 0)
		return err_errno(why, errno, j->name, "pipe");
	*c = (struct child_fds){ fd_io, fd_io, p[1] };
	j->err.fd = p[0];
	(void)sys_nonblock(j->err.fd, true);
	return ERR_OK;
}

static void
close_child(const struct child_fds *c, int fd_io)
{
	if (c->in != fd_io)
		sys_close(c->in);
	if (c->out != c->in)
		sys_close(c->out);
	if (c->err != c->in)
		sys_close(c->err);
}

static struct job *
job_new(struct loop *l, uint32_t id, const struct job_spec *s, const struct job_ops *ops, void *arg)
{
	struct job *j = mem_zero(1, sizeof *j);

	j->loop = l;
	j->id = id;
	j->name = mem_str(s->name);
	j->kind = mem_str(s->kind);
	j->by = mem_str(s->by != NULL ? s->by : "");
	j->log_path = mem_str(s->log_path);
	j->argv = copy_argv(s->argv);
	j->ops = ops;
	j->arg = arg;
	j->pty = s->pty;
	j->grace = s->grace_ns != 0 ? s->grace_ns : LIMIT_KILL_GRACE_MS * NS_PER_MS;
	j->in.fd = j->out.fd = j->err.fd = j->log_fd = -1;
	j->in.job = j->out.job = j->err.job = j;
	buf_init(&j->out.keep, JOB_KEEP);
	buf_init(&j->err.keep, JOB_KEEP);
	buf_init(&j->input, INPUT_MAX);
	ring_init(&j->ring, LIMIT_JOB_RING);
	progress_init(&j->progress, tool_of(j->argv));
	j->started = sys_mono();
	return j;
}

static void
watch_all(struct job *j, const struct job_spec *s)
{
	if (j->out.fd >= 0)
		j->out.watch = loop_fd_open(j->loop, j->out.fd, LOOP_READ, on_output, &j->out);
	if (j->err.fd >= 0)
		j->err.watch = loop_fd_open(j->loop, j->err.fd, LOOP_READ, on_output, &j->err);
	if (j->in.fd >= 0) {
		j->in.watch = loop_fd_open(j->loop, j->in.fd, 0, on_input, &j->in);
	}
	j->child = loop_child_watch(j->loop, j->pid, on_exit_status, j);
	if (s->timeout_ns != 0)
		j->deadline = loop_timer_start(j->loop, s->timeout_ns, 0, on_deadline, j);
	if (j->log_path != NULL)
		j->log_fd = sys_open(j->log_path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600);
}

enum err
job_start(struct loop *l, uint32_t id, const struct job_spec *s, const struct job_ops *ops,
    void *arg, struct job **out, struct err_msg *why)
{
	struct job *j = job_new(l, id, s, ops, arg);
	struct child_fds c = { -1, -1, -1 };
	struct sys_spawn spawn;
	enum err e = s->fd_io > 0 ? open_stderr(j, &c, s->fd_io, why) :
	    s->pty ? open_pty(j, &c, why) : open_pipes(j, &c, why);

	*out = NULL;
	if (e == ERR_OK) {
		spawn = (struct sys_spawn){ .argv = s->argv,
			.env_add = s->env_add,
			.cwd = s->cwd,
			.fd_in = c.in,
			.fd_out = c.out,
			.fd_err = c.err,
			.fd3 = s->fd3,
			.tty = s->pty,
			.die_with_parent = s->with_us,
			.no_new_privs = true };
		e = sys_spawn(&spawn, &j->pid, why);
		close_child(&c, s->fd_io);
	}
	if (e != ERR_OK) {
		j->exited = true;
		job_free(j);
		return e;
	}
	watch_all(j, s);
	*out = j;
	return ERR_OK;
}

static void
free_end(struct pipe_end *e)
{
	end_close(e);
	buf_fini(&e->keep);
}

void
job_free(struct job *j)
{
	if (j == NULL)
		return;
	if (!j->exited && j->pid > 0) {
		sys_kill_group(j->pid, SIGKILL);
		loop_child_forget(j->child);
		(void)sys_wait(j->pid);
	}
	stop_timer(&j->deadline);
	stop_timer(&j->kill);
	stop_timer(&j->drain);
	stop_timer(&j->log);
	log_flush(j);
	sys_close(j->log_fd);
	free_end(&j->in);
	free_end(&j->out);
	free_end(&j->err);
	buf_fini(&j->input);
	ring_fini(&j->ring);
	for (char **a = j->argv; *a != NULL; a++)
		mem_free(*a);
	mem_free(j->argv);
	mem_free(j->name);
	mem_free(j->kind);
	mem_free(j->by);
	mem_free(j->log_path);
	json_decref(j->cause);
	mem_free(j);
}

/* ---- what others may know */

void
job_set_progress(struct job *j, double percent, const char *stage)
{
	if (stage != NULL && strcmp(stage, j->progress.stage) != 0) {
		snprintf(j->progress.stage, sizeof j->progress.stage, "%s", stage);
		j->progress.done = j->progress.total = 0;
		j->progress.pass++;
	}
	j->progress.percent = percent >= 0 && percent <= 100 ? percent : -1;
	changed(j);
}

void
job_set_size(struct job *j, uint64_t bytes)
{
	j->size = bytes;
}

void
job_say(struct job *j, const char *p, size_t n)
{
	if (j->ended)
		return;
	to_ring(j, p, n);
	if (j->ops->output != NULL)
		j->ops->output(j, j->arg);
}

void
job_take_progress(struct job *j, const struct job *part)
{
	progress_take(&j->progress, &part->progress);
	j->pace.pass = j->progress.pass;
	j->pace.since = part->pace.since;
	j->moved = part->moved;
	j->pace.from = part->pace.from;
	if (j->ops->changed != NULL)
		j->ops->changed(j, j->arg);
}

void
job_set_error(struct job *j, const struct err_msg *why, json_t *cause)
{
	j->error = *why;
	json_decref(j->cause);
	j->cause = cause;
}

uint32_t
job_id(const struct job *j)
{
	return j->id;
}

pid_t
job_pid(const struct job *j)
{
	return j->exited ? 0 : j->pid;
}

const char *
job_name(const struct job *j)
{
	return j->name;
}

const char *
job_kind(const struct job *j)
{
	return j->kind;
}

enum job_state
job_state_of(const struct job *j)
{
	return j->state;
}

int
job_exit(const struct job *j)
{
	return j->exit;
}

const struct ring *
job_ring(const struct job *j)
{
	return &j->ring;
}

void
job_output(
    const struct job *j, const char **out, size_t *out_len, const char **err, size_t *err_len)
{
	*out = buf_str(&j->out.keep);
	*out_len = j->out.keep.len;
	*err = buf_str(&j->err.keep);
	*err_len = j->err.keep.len;
}

void *
job_arg(const struct job *j)
{
	return j->arg;
}

/* What was only told as bytes is a share of the whole. */
static double
percent_of(const struct progress *p, uint64_t total)
{
	if (p->percent >= 0 || p->done == 0 || total == 0)
		return p->percent;
	return p->done < total ? 100.0 * (double)p->done / (double)total : 100;
}

static json_t *
progress_json(const struct job *j, uint64_t start_mono)
{
	const struct progress *p = &j->progress;
	const uint64_t now = j->finished != 0 ? j->finished : sys_mono(),
		       total = p->total != 0 ? p->total : j->size;
	const double seconds = j->pace.since != 0 ? (double)(now - j->pace.since) / 1e9 : 0,
		     percent = percent_of(p, total), made = percent - j->pace.from;
	json_t *o;

	if (percent < 0 && p->stage[0] == '\0')
		return NULL;
	o = json_object();
	if (percent >= 0)
		json_put_num(o, "percent", percent);
	if (total != 0)
		json_put_int(o, "total", (int64_t)total);
	if (percent >= 0 && total != 0) {
		json_put_int(o, "done", (int64_t)((double)total * percent / 100));
		json_put_num(o, "rate",
		    seconds > 0 && made > 0 ? (double)total * made / 100 / seconds : 0);
	}
	if (made > 0 && percent < 100)
		json_put_num(o, "eta", seconds * (100 - percent) / made);
	json_put_str(o, "stage", p->stage);
	if (j->moved > start_mono)
		json_put_int(o, "moved", (int64_t)(j->moved - start_mono));
	return o;
}

json_t *
job_json(const struct job *j, uint64_t start_mono)
{
	static const char *const states[] = { "running", "ok", "failed", "killed" };
	json_t *o = json_object(), *argv = json_array(), *progress = progress_json(j, start_mono);

	for (char **a = j->argv; *a != NULL; a++)
		(void)json_array_append_new(argv, json_text(*a, strlen(*a)));
	json_put_int(o, "id", j->id);
	json_put_int(o, "stream", 1000 + (int64_t)j->id);
	if (!j->exited && j->pid > 0)
		json_put_int(o, "pid", j->pid);
	json_put_str(o, "kind", j->kind);
	json_put_str(o, "name", j->name);
	json_put(o, "argv", argv);
	json_put_str(o, "state", states[j->state]);
	json_put_int(o, "started", (int64_t)(j->started - start_mono));
	json_put_bool(o, "pty", j->pty);
	json_put_str(o, "last", j->progress.last);
	json_put_str(o, "log", j->log_path);
	if (j->log_lost != 0)
		json_put_int(o, "log_lost", (int64_t)j->log_lost);
	json_put_str(o, "by", j->by);
	if (progress != NULL)
		json_put(o, "progress", progress);
	if (j->state != JOB_RUNNING) {
		json_put_int(o, "ended", (int64_t)(j->finished - start_mono));
		json_put_int(o, "exit", j->exit);
		if (signal_of(j) != 0)
			json_put_int(o, "signal", signal_of(j));
	}
	if (j->error.code != ERR_OK)
		json_put(o, "error", json_from_err(&j->error));
	if (j->cause != NULL)
		(void)json_object_set(json_object_get(o, "error"), "cause", j->cause);
	return o;
}
