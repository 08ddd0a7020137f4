/* artifacts.c - folders of attempts. */
#include "cli/artifacts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/clock.h"
#include "cli/console_lines.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/time.h"

enum { NAME_LEN = 96, PIECE = 65536, LINE_BYTES = 64 << 20, JOURNAL_MAX = 256 << 20 };

enum err
artifacts_init(struct artifacts *a, const char *dir, struct err_msg *why)
{
	*a = (struct artifacts){ .dir = NULL };
	if (dir == NULL)
		return ERR_OK;
	a->dir = mem_str(dir);
	a->parts = json_array();
	return path_is_dir(dir) ? ERR_OK : path_make_private(dir, why);
}

void
artifacts_fini(struct artifacts *a)
{
	mem_free(a->dir);
	json_decref(a->parts);
	*a = (struct artifacts){ .dir = NULL };
}

static bool
name_byte(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '-' || c == '_' || c == '.';
}

/* Text as a file name; one that was changed gets the test's number, so that two never meet. */
static void
file_name(const char *s, int64_t id, char *out, size_t size)
{
	size_t n = 0;
	bool same = s[0] != '.';

	for (; s[n] != '\0' && n < NAME_LEN; n++) {
		out[n] = name_byte(s[n]) && (n != 0 || s[n] != '.') ? s[n] : '_';
		same = same && out[n] == s[n];
	}
	out[n] = '\0';
	if (!same || s[n] != '\0')
		(void)snprintf(out + n, size - n, "-%lld", (long long)(id < 0 ? -id : id));
}

static void
failed(struct artifacts *a, enum err e, const struct err_msg *why)
{
	if (a->e == ERR_OK && e != ERR_OK) {
		a->e = e;
		a->why = *why;
	}
}

/* Heap: the folder of an attempt, made. */
static char *
folder(struct artifacts *a, const json_t *test, int64_t attempt)
{
	char stem[NAME_LEN * 2], file[NAME_LEN * 2], name[NAME_LEN * 2];
	struct err_msg why;
	char *path;

	results_stem(json_get_str(test, "file", "run"), stem, sizeof stem);
	file_name(stem, 0, file, sizeof file);
	file_name(
	    json_get_str(test, "name", "test"), json_get_int(test, "id", 0), name, sizeof name);
	path = mem_fmt("%s/%s/%s/attempt-%lld", a->dir, file, name, (long long)attempt);
	failed(a, path_is_dir(path) ? ERR_OK : path_make_private(path, &why), &why);
	return path;
}

static void
append(struct artifacts *a, const char *dir, const char *name, const void *p, size_t n)
{
	char *path = path_join(dir, name);
	const int fd = sys_open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);
	struct err_msg why;

	if (fd < 0 || !sys_write_all(fd, p, n))
		failed(a, err_errno(&why, errno, path, "writing"), &why);
	sys_close(fd);
	mem_free(path);
}

static void
attach(struct artifacts *a, const char *dir, const json_t *record)
{
	const char *text = json_get_str(record, "base64", ""),
		   *name = json_get_str(record, "name", "");
	char safe[NAME_LEN * 2];
	struct buf b;

	file_name(name, 0, safe, sizeof safe);
	buf_init(&b, LINE_BYTES);
	if (base64_get(&b, slice_of(text)))
		append(a, dir, safe, buf_str(&b), b.len);
	buf_fini(&b);
}

void
artifacts_record(struct artifacts *a, const json_t *record, const json_t *test)
{
	const char *type = json_get_str(record, "type", "");
	const int64_t n = json_get_int(record, "attempt", 0);
	json_t *part;
	struct buf b;
	char *dir;

	if (a->dir == NULL || test == NULL || n == 0)
		return;
	dir = folder(a, test, n);
	if (strcmp(type, "attach") == 0) {
		attach(a, dir, record);
	} else {
		buf_init(&b, LINE_BYTES);
		if (json_write(record, &b) == ERR_OK && buf_add_byte(&b, '\n') == ERR_OK)
			append(a, dir, "log.jsonl", buf_str(&b), b.len);
		buf_fini(&b);
	}
	if (strcmp(type, "attempt") == 0) {
		part = json_object();
		json_put_str(part, "dir", dir);
		(void)json_object_set(part, "consoles", json_object_get(record, "consoles"));
		(void)json_object_set(part, "journal", json_object_get(record, "journal"));
		(void)json_array_append_new(a->parts, part);
	}
	mem_free(dir);
}

/* ---- at the end */

bool
artifacts_ready(const struct artifacts *a)
{
	json_t *part, *console;
	size_t i, k;

	json_array_foreach(a->parts, i, part)
	    json_array_foreach(json_object_get(part, "consoles"), k, console)
	{
		struct path_stamp s;

		if (path_stamp(json_get_str(console, "log", ""), &s) &&
		    (int64_t)s.size < json_get_int(console, "to", 0))
			return false;
	}
	return true;
}

/* Bytes [from, to) of a log. */
static void
copy_range(struct artifacts *a, const json_t *console, const char *dir)
{
	const char *log = json_get_str(console, "log", "");
	const int64_t to = json_get_int(console, "to", 0);
	int64_t at = json_get_int(console, "from", 0);
	char *name = mem_fmt("console-%s.raw", json_get_str(console, "name", "main")), piece[PIECE];
	const int fd = sys_open(log, O_RDONLY, 0);

	append(a, dir, name, "", 0);
	while (fd >= 0 && at < to) {
		const int64_t want = to - at < PIECE ? to - at : PIECE;
		const ssize_t n = sys_pread(fd, piece, (size_t)want, (off_t)at);

		if (n <= 0)
			break;
		append(a, dir, name, piece, (size_t)n);
		at += n;
	}
	sys_close(fd);
	mem_free(name);
}

void
artifacts_lines(struct artifacts *a, struct client *c)
{
	json_t *part, *k;
	size_t i, n;

	json_array_foreach(a->parts, i, part)
	    json_array_foreach(json_object_get(part, "consoles"), n, k)
	{
		char *name = mem_fmt("console-%s.jsonl", json_get_str(k, "name", "main"));
		struct buf b;

		buf_init(&b, JOURNAL_MAX);
		/* one that was closed meanwhile has its bytes only */
		if (console_lines(c, json_get_str(k, "console", "main"), json_get_int(k, "from", 0),
			json_get_int(k, "to", 0), &b, NULL) == ERR_OK)
			append(a, json_get_str(part, "dir", "."), name, buf_str(&b), b.len);
		buf_fini(&b);
		mem_free(name);
	}
}

/* Lines of the journal with a time of ours. */
static void
copy_journal(struct artifacts *a, const struct buf *all, const json_t *span, const char *dir)
{
	const int64_t from = json_get_int(span, "from", 0), to = json_get_int(span, "to", 0);
	const char *p = buf_str(all), *end = p + all->len, *nl;
	struct buf out;

	buf_init(&out, JOURNAL_MAX);
	for (; p < end && (nl = memchr(p, '\n', (size_t)(end - p))) != NULL; p = nl + 1) {
		json_t *o = json_read(p, (size_t)(nl - p), "journal", NULL);
		const int64_t t = json_get_int(o, "t", -1);

		if (t >= from && t <= to)
			(void)buf_add(&out, p, (size_t)(nl + 1 - p));
		json_decref(o);
	}
	append(a, dir, "journal.jsonl", buf_str(&out), out.len);
	buf_fini(&out);
}

static void
run_json(struct artifacts *a, const struct results *r, int status)
{
	json_t *o = json_object();
	char iso[40], *path = path_join(a->dir, "run.json");
	struct err_msg why;
	struct buf b;

	clock_fmt_iso(r->began_wall, iso, sizeof iso);
	json_put_str(o, "began", iso);
	json_put_num(o, "seconds", (double)(sys_mono() - r->began_mono) / 1e9);
	json_put_int(o, "status", status);
	json_put_int(o, "planned", r->planned);
	if (r->bail != NULL)
		json_put_str(o, "broken_off", r->bail);
	if (r->boards != NULL)
		json_put(o, "boards", json_incref(r->boards));
	json_put(o, "tests", json_incref(r->tests));
	buf_init(&b, JOURNAL_MAX);
	(void)json_write(o, &b);
	(void)buf_add_byte(&b, '\n');
	failed(a, sys_file_replace(path, buf_str(&b), b.len, &why), &why);
	buf_fini(&b);
	json_decref(o);
	mem_free(path);
}

enum err
artifacts_finish(struct artifacts *a, const struct results *r, const char *bench_dir, int status,
    struct err_msg *why)
{
	json_t *part, *console;
	char *journal;
	struct buf all;
	size_t i, k;

	if (a->dir == NULL)
		return ERR_OK;
	buf_init(&all, JOURNAL_MAX);
	journal = path_join(bench_dir != NULL ? bench_dir : ".", "journal.jsonl");
	if (bench_dir != NULL)
		(void)sys_file_read(journal, JOURNAL_MAX / 2, &all, NULL);
	json_array_foreach(a->parts, i, part)
	{
		const char *dir = json_get_str(part, "dir", ".");

		json_array_foreach(json_object_get(part, "consoles"), k, console)
		    copy_range(a, console, dir);
		if (all.len != 0)
			copy_journal(a, &all, json_object_get(part, "journal"), dir);
	}
	buf_fini(&all);
	mem_free(journal);
	run_json(a, r, status);
	if (a->e != ERR_OK)
		*why = a->why;
	return a->e;
}
