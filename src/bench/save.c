/* save.c - console.save. */
#include "bench/save.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/alloc.h"
#include "bench/logs.h"
#include "bench/news.h"
#include "sys/io.h"
#include "sys/time.h"

enum { PIECE = 64 << 10, SAVE_MAX = 16 << 20 };

/* The offset of a mark whose text holds the words, the newest first. */
static bool
mark_place(const struct bench_console *k, const char *text, uint64_t *out)
{
	for (size_t i = json_array_size(k->marks); i-- > 0;) {
		const json_t *m = json_array_get(k->marks, i);

		if (strstr(json_get_str(m, "text", ""), text) != NULL) {
			*out = (uint64_t)json_get_int(m, "offset", 0);
			return true;
		}
	}
	return false;
}

static uint64_t
time_place(const struct bench_console *k, uint64_t ago)
{
	const struct times *x = console_times(k->console);
	const uint64_t now = sys_mono(), t = ago < now ? now - ago : 0;
	size_t i = 0;

	while (i < x->n && x->v[i].t < t)
		i++;
	return i < x->n ? x->v[i].offset : console_rx(k->console);
}

/* "@4096", "-5m", "mark:text", "start", "end". */
static bool
place(const struct bench_console *k, const char *text, uint64_t *out)
{
	uint64_t n;

	*out = strcmp(text, "end") == 0 ? console_rx(k->console) : 0;
	if (strcmp(text, "end") == 0 || strcmp(text, "start") == 0)
		return true;
	if (strncmp(text, "mark:", 5) == 0)
		return mark_place(k, text + 5, out);
	if (text[0] == '@')
		return slice_u64(slice_of(text + 1), UINT64_MAX, out);
	if (text[0] != '-' || !slice_duration(slice_of(text + 1), &n))
		return false;
	*out = time_place(k, n);
	return true;
}

/* [from, to) of the raw log. */
static enum err
copy(const struct bench_console *k, uint64_t from, uint64_t to, struct buf *out,
    struct err_msg *why)
{
	const int fd = sys_open(k->raw_path, O_RDONLY | O_NOFOLLOW, 0);
	enum err e = ERR_OK;
	ssize_t got = 1;

	if (fd < 0)
		return err_errno(why, errno, k->raw_path, "opening");
	while (from < to && got > 0 && e == ERR_OK) {
		char piece[PIECE];
		const size_t n = to - from < sizeof piece ? (size_t)(to - from) : sizeof piece;

		got = sys_pread(fd, piece, n, (off_t)from);
		if (got > 0) {
			e = buf_add(out, piece, (size_t)got);
			from += (uint64_t)got;
		}
	}
	sys_close(fd);
	return e == ERR_OK ? e : err_set(why, ERR_LIMIT, k->raw_path, "copy the raw log itself",
	    "more than %d MB at once", SAVE_MAX >> 20);
}

static enum err
save(const struct bench_console *k, const char *path, const json_t *args, struct buf *bytes,
    struct err_msg *why)
{
	const char *a = json_get_str(args, "from", "start");
	const char *b = json_get_str(args, "to", "end");
	uint64_t from, to;
	enum err e;

	if (!place(k, a, &from) || !place(k, b, &to) || from > to)
		return err_set(why, ERR_USAGE, "console.save",
		    "start, end, @OFFSET, -5m or mark:TEXT", "no such place: %.60s to %.60s",
		    a, b);
	console_log_flush(k->console);
	if (console_log_lost(k->console) != 0)
		return err_set(why, ERR_UNSUPPORTED, k->raw_path,
		    "copy it, and see its .holes file", "the raw log has holes");
	e = copy(k, from, to, bytes, why);
	return e == ERR_OK ? sys_file_replace(path, buf_str(bytes), bytes->len, why) : e;
}

static void
cmd_save(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);
	struct err_msg why;
	struct buf bytes;
	char *path;
	json_t *o;

	if (k == NULL)
		return;
	path = bench_whole_path(json_get_str(c->args, "file", ""));
	buf_init(&bytes, SAVE_MAX);
	if (save(k, path, c->args, &bytes, &why) != ERR_OK) {
		command_fail(c, &why);
	} else {
		o = json_object();
		json_put_str(o, "path", path);
		json_put_int(o, "bytes", (int64_t)bytes.len);
		command_done(c, o);
	}
	buf_fini(&bytes);
	mem_free(path);
}

static const struct command_arg save_args[] = {
	{ "file", ARG_WORD, ARG_MUST, NULL, "a file; one that is there is replaced" },
	{ "from", ARG_WORD, 0, "start", "start, @OFFSET, -5m or mark:TEXT" },
	{ "to", ARG_WORD, 0, "end", "the same" },
	CONSOLES_ARG,
	{ .name = NULL },
};

const struct command bench_save_commands[] = {
	{ "console.save", "save what the console said, its exact bytes", save_args, 0, cmd_save },
	{ .name = NULL },
};
