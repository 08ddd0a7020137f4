/* save.c - console.save: from the raw log to a file, piece by piece beside the loop. */
#include "bench/save.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "bench/clients.h"
#include "bench/news.h"
#include "bench/past.h"
#include "sys/io.h"

enum { BLOCK = 64 << 10, PIECE = 4 << 20 };    /* written in one go; until the loop is asked */

struct saving {
	struct command_call *call;
	struct bench *bench;
	struct past past;
	struct past_place a, b;
	char *path, *temp;
	int in, out;
	uint64_t at, to;
	uint64_t bytes, missing;
	bool started;
	enum err e;
	struct err_msg why;
};

static bool
fail(struct saving *s, const char *what, const char *doing)
{
	if (s->e == ERR_OK)
		s->e = err_errno(&s->why, errno, what, doing);
	return false;
}

static bool
start(struct saving *s)
{
	s->at = past_offset(&s->past, s->a);
	s->to = past_offset(&s->past, s->b);
	s->started = true;
	s->in = sys_open(s->past.raw.path, O_RDONLY | O_NOFOLLOW, 0);
	if (s->in < 0)
		return fail(s, s->past.raw.path, "opening");
	s->out = sys_open(s->temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
	return s->out >= 0 || fail(s, s->path, "making a new version");
}

/* Up to a block; false at the end, or when it failed. */
static bool
copy(struct saving *s)
{
	char block[BLOCK];
	uint64_t from, to;
	size_t n;

	if (s->at >= s->to)
		return false;
	if (!rawread_run(&s->past.raw, s->at, &from, &to) || from >= s->to) {
		s->missing += s->to - s->at;
		s->at = s->to;
		return false;
	}
	from = from > s->at ? from : s->at;
	s->missing += from - s->at;
	to = to < s->to ? to : s->to;
	n = to - from < sizeof block ? (size_t)(to - from) : sizeof block;
	errno = EIO;                    /* of a file that somebody cut */
	if (rawread_get(&s->past.raw, s->in, from, block, n) != n)
		return fail(s, s->past.raw.path, "reading");
	if (!sys_write_all(s->out, block, n))
		return fail(s, s->path, "writing");
	s->at = from + n;
	s->bytes += n;
	return true;
}

static void
save_work(void *arg)
{
	struct saving *s = arg;
	const uint64_t stop = s->bytes + PIECE;

	if (!s->started && !start(s))
		return;
	while (s->bytes < stop && copy(s))
		;
	if (s->at < s->to || s->e != ERR_OK)
		return;
	if (sys_fsync(s->out) != 0 || rename(s->temp, s->path) != 0)
		(void)fail(s, s->path, "writing");
}

static void
finish(struct saving *s)
{
	json_t *o = json_object();

	json_put_str(o, "path", s->path);
	json_put_int(o, "bytes", (int64_t)s->bytes);
	json_put_int(o, "missing", (int64_t)s->missing);
	command_done(s->call, o);
}

static void
saving_free(struct saving *s)
{
	sys_close(s->in);
	if (s->out >= 0 && s->e != ERR_OK)
		(void)unlink(s->temp);
	sys_close(s->out);
	past_fini(&s->past);
	mem_free(s->path);
	mem_free(s->temp);
	mem_free(s);
}

static void
save_done(void *arg)
{
	struct saving *s = arg;

	if (s->e == ERR_OK && s->bench->ending && s->at < s->to)
		s->e = err_set(&s->why, ERR_CANCELLED, s->path, NULL, "the bench ends");
	if (s->e == ERR_OK && s->at < s->to) {
		loop_work(s->bench->loop, save_work, save_done, s);
		return;
	}
	if (s->e == ERR_OK)
		finish(s);
	else
		command_fail(s->call, &s->why);
	saving_free(s);
}

static void
cmd_save(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);
	const char *a = json_get_str(c->args, "from", "start");
	const char *b = json_get_str(c->args, "to", "end");
	struct past_place from, to;
	struct err_msg why;
	struct saving *s;

	if (k == NULL)
		return;
	if (!past_place(k, a, &from) || !past_place(k, b, &to) ||
	    (from.time == to.time && from.at > to.at)) {
		(void)err_set(&why, ERR_USAGE, "console.save", PAST_PLACES,
		    "no such place: %.60s to %.60s", a, b);
		command_fail(c, &why);
		return;
	}
	s = mem_zero(1, sizeof *s);
	*s = (struct saving){ .call = c, .bench = k->bench, .a = from, .b = to, .in = -1,
	    .out = -1, .path = clients_path(c, json_get_str(c->args, "file", "")) };
	s->temp = mem_fmt("%s.%ld.new", s->path, (long)getpid());
	past_init(&s->past, k, true);
	loop_work(k->bench->loop, save_work, save_done, s);
}

static const struct command_arg save_args[] = {
	{ "file", ARG_WORD, ARG_MUST, NULL, "a file; one that is there is replaced" },
	{ "from", ARG_WORD, 0, "start", PAST_PLACES },
	{ "to", ARG_WORD, 0, "end", "the same" },
	CONSOLES_ARG,
	{ .name = NULL },
};

const struct command bench_save_commands[] = {
	{ "console.save", "save what the console said, its exact bytes", save_args, 0, cmd_save },
	{ .name = NULL },
};
