/* source.c - reading a source; what is fetched goes through a process of its own. */
#include "worker/source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "core/place.h"
#include "sys/glob.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/sock.h"
#include "sys/spawn.h"

enum { PIECE = 64 << 10, REPORT_MAX = 64 << 10, REQUEST_MAX = 4 << 20 };

/* The three channels of a vise-fetch: ours are [0]. */
struct channels {
	int ask[2], body[2], report[2];
};

static void
close_pair(int fd[2])
{
	for (int i = 0; i < 2; i++) {
		sys_close(fd[i]);
		fd[i] = -1;
	}
}

static bool
open_channels(struct channels *c)
{
	*c = (struct channels){ { -1, -1 }, { -1, -1 }, { -1, -1 } };
	if (!sys_socketpair(c->ask) || !sys_socketpair(c->body) || !sys_socketpair(c->report))
		return false;
	return sys_nonblock(c->ask[0], false) && sys_nonblock(c->body[0], false)
	    && sys_nonblock(c->report[0], false);
}

static enum err
start(struct channels *c, int body, pid_t *pid, struct err_msg *why)
{
	char *program = path_program("vise-fetch");
	const char *const argv[] = { program, NULL };
	struct sys_spawn s = { .argv = argv, .fd_in = c->ask[1],
	    .fd_out = body >= 0 ? body : c->body[1], .fd_err = 2,
	    .fd3 = c->report[1], .no_new_privs = true, .keep_group = true };
	enum err e = sys_spawn(&s, pid, why);

	mem_free(program);
	sys_close(c->ask[1]);
	sys_close(c->body[1]);
	sys_close(c->report[1]);
	c->ask[1] = c->body[1] = c->report[1] = -1;
	return e;
}

static enum err
ask(struct channels *c, const json_t *request, struct err_msg *why)
{
	struct buf b;
	bool ok;

	buf_init(&b, REQUEST_MAX);
	ok = json_write(request, &b) == ERR_OK && sys_write_all(c->ask[0], b.data, b.len);
	buf_fini(&b);
	sys_close(c->ask[0]);
	c->ask[0] = -1;
	return ok ? ERR_OK
		  : err_set(why, ERR_INFRA, "vise-fetch", NULL, "does not take the request");
}

static json_t *
request_of(const char *url, const struct source_limits *l)
{
	json_t *o = json_object();

	json_put_str(o, "url", url);
	if (l->profile != NULL)
		json_put_str(o, "profile", l->profile);
	if (l->query != NULL)
		json_put_str(o, "query", l->query);
	json_put_bool(o, "gc", l->gc);
	json_put_int(o, "timeout_ms", (int64_t)l->timeout_ms);
	json_put_int(o, "silence_ms", (int64_t)l->silence_ms);
	json_put_int(
	    o, "max_bytes", (int64_t)(l->max_bytes != 0 ? l->max_bytes : LIMIT_PROFILE_IN));
	return o;
}

/* To the end of the stream; the ceiling of out holds. */
static enum err
drain(int fd, struct buf *out, const char *what, struct err_msg *why)
{
	for (;;) {
		ssize_t n;

		if (buf_reserve(out, PIECE) != ERR_OK)
			return err_set(why, ERR_LIMIT, what,
			    "raise the limit if you trust the server", "more than %zu bytes",
			    out->max);
		n = sys_read(fd, out->data + out->len, PIECE);
		if (n <= 0)
			return ERR_OK;
		out->len += (size_t)n;
		out->data[out->len] = '\0';
	}
}

/* What vise-fetch says about its work; no report means that it died. */
static enum err
read_report(int fd, json_t **facts, struct err_msg *why)
{
	struct buf b;
	json_t *o, *error;
	enum err e = ERR_OK;

	buf_init(&b, REPORT_MAX);
	(void)drain(fd, &b, "vise-fetch", NULL);
	o = b.len == 0 ? NULL : json_read(b.data, b.len, "vise-fetch", NULL);
	buf_fini(&b);
	error = json_object_get(o, "error");
	if (error != NULL)
		e = json_to_err(error, why);
	else if (json_object_get(o, "result") == NULL)
		e = err_set(why, ERR_INFRA, "vise-fetch", "try again", "ended before it was done");
	else if (facts != NULL)
		*facts = json_incref(json_object_get(o, "result"));
	json_decref(o);
	return e;
}

/* Into out, or, when body is a descriptor, straight into that file. */
static enum err
exchange(const json_t *request, struct buf *out, int body, json_t **facts, struct err_msg *why)
{
	const char *url = json_get_str(request, "url", "");
	struct channels c;
	pid_t pid = -1;
	enum err e, read = ERR_OK;

	if (!open_channels(&c))
		e = err_set(why, ERR_INFRA, "vise-fetch", NULL, "no descriptors left");
	else
		e = start(&c, body, &pid, why);
	if (e == ERR_OK)
		e = ask(&c, request, why);
	if (e == ERR_OK) {
		if (body < 0)
			read = drain(c.body[0], out, url, why);
		if (read != ERR_OK)
			sys_kill_group(pid, 9);
		e = read_report(c.report[0], facts, read == ERR_OK ? why : NULL);
	}
	close_pair(c.ask);
	close_pair(c.body);
	close_pair(c.report);
	if (pid > 0)
		(void)sys_wait(pid);
	return read != ERR_OK ? read : e;
}

enum err
source_fetch(const json_t *request, struct buf *out, json_t **facts, struct err_msg *why)
{
	return exchange(request, out, -1, facts, why);
}

static enum err
fetch(const char *url, const struct source_limits *l, struct buf *out, int body, json_t **facts,
    struct err_msg *why)
{
	json_t *request = request_of(url, l);
	const enum err e = exchange(request, out, body, facts, why);

	json_decref(request);
	return e;
}

static bool
keep_last(const struct glob_file *f, void *arg)
{
	char **last = arg;

	mem_free(*last);
	*last = mem_str(f->path);
	return true;
}

char *
source_newest(const char *pattern, struct err_msg *why)
{
	struct place p;
	char *last = NULL;

	if (place_parse(pattern, &p, why) != ERR_OK)
		return NULL;
	if (p.kind != PLACE_PATTERN)
		last = mem_str(p.path != NULL ? p.path : pattern);
	else if (glob_each(p.path, keep_last, &last, why) == ERR_OK && last == NULL)
		(void)err_set(why, ERR_NOENT, pattern, "check the pattern", "no file matches it");
	place_fini(&p);
	return last;
}

static void
file_facts(const char *path, size_t n, json_t **facts)
{
	if (facts == NULL)
		return;
	*facts = json_object();
	json_put_int(*facts, "bytes", (int64_t)n);
	json_put_str(*facts, "address", path);
}

enum err
source_read(const char *source, const struct source_limits *l, struct buf *out, json_t **facts,
    struct err_msg *why)
{
	size_t before = out->len;
	char *path;
	enum err e;

	if (source[0] == '\0')
		return err_set(why, ERR_USAGE, "source", "name a file or a URL", "it is empty");
	if (strcmp(source, "-") == 0)
		return drain(0, out, "standard input", why);
	if (place_fetched(source))
		return fetch(source, l, out, -1, facts, why);
	path = source_newest(source, why);
	if (path == NULL)
		return why != NULL ? why->code : ERR_NOENT;
	e = sys_file_read(
	    path, l->max_bytes != 0 ? (size_t)l->max_bytes : LIMIT_PROFILE_IN, out, why);
	if (e == ERR_OK)
		file_facts(path, out->len - before, facts);
	mem_free(path);
	return e;
}

static enum err
copy_file(const char *source, const struct source_limits *l, int fd, json_t **facts,
    struct err_msg *why)
{
	size_t max = l->max_bytes != 0 ? (size_t)l->max_bytes : LIMIT_PROFILE_IN;
	struct buf b;
	enum err e;

	buf_init(&b, max + 2 * PIECE);
	e = source_read(source, l, &b, facts, why);
	if (e == ERR_OK && !sys_write_all(fd, b.data, b.len))
		e = err_errno(why, errno, source, "copying");
	buf_fini(&b);
	return e;
}

enum err
source_save(const char *source, const struct source_limits *l, const char *path, json_t **facts,
    struct err_msg *why)
{
	int fd = sys_open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
	enum err e;

	if (fd < 0)
		return err_errno(why, errno, path, "making the file");
	e = place_fetched(source) ? fetch(source, l, NULL, fd, facts, why)
				  : copy_file(source, l, fd, facts, why);
	if (e == ERR_OK && sys_fsync(fd) != 0)
		e = err_errno(why, errno, path, "writing");
	sys_close(fd);
	if (e != ERR_OK)
		(void)unlink(path);
	return e;
}
