/* console_lines.c - console.read, piece after piece, cut into lines with their times. */
#include "cli/console_lines.h"

#include <string.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/slice.h"
#include "core/json.h"

enum { PIECE = 32768 };
static const uint64_t ANSWER_NS = 10 * NS_PER_S;

struct lines {
	struct buf *out, line;          /* line: what has no end yet */
	int64_t at, t;                  /* where it began, and when */
	bool fresh;                     /* no byte of it came */
};

static void
end_line(struct lines *l)
{
	size_t n = l->line.len;
	json_t *o = json_object();

	while (n > 0 && buf_str(&l->line)[n - 1] == '\r')
		n--;
	json_put_int(o, "t", l->t);
	json_put_int(o, "offset", l->at);
	json_put_strn(o, "text", buf_str(&l->line), n);
	(void)json_write(o, l->out);
	(void)buf_add_byte(l->out, '\n');
	json_decref(o);
	buf_clear(&l->line);
	l->fresh = true;
}

/* The time of the byte at offset: that of the last entry not behind it; *i goes on. */
static int64_t
time_of(const json_t *times, size_t *i, int64_t offset)
{
	while (*i + 1 < json_array_size(times) &&
	    json_integer_value(json_array_get(json_array_get(times, *i + 1), 0)) <= offset)
		(*i)++;
	return json_integer_value(json_array_get(json_array_get(times, *i), 1));
}

static void
add_piece(struct lines *l, const struct buf *data, int64_t from, const json_t *times)
{
	const char *p = buf_str(data);
	size_t i = 0;

	for (size_t k = 0; k < data->len; k++) {
		if (l->fresh) {
			l->at = from + (int64_t)k;
			l->t = time_of(times, &i, l->at);
			l->fresh = false;
		}
		if (p[k] == '\n' || buf_add_byte(&l->line, p[k]) != ERR_OK ||
		    l->line.len == LIMIT_LINE)
			end_line(l);
	}
}

enum err
console_lines(struct client *c, const char *console, int64_t from, int64_t to, struct buf *out,
    struct err_msg *why)
{
	struct lines l = { .out = out, .fresh = true };
	enum err e = ERR_OK;

	buf_init(&l.line, LIMIT_LINE + 1);
	while (e == ERR_OK && from < to) {
		json_t *args = json_object(), *r = NULL;
		char place[2][32];
		struct buf data;

		(void)snprintf(place[0], sizeof place[0], "@%lld", (long long)from);
		(void)snprintf(place[1], sizeof place[1], "@%lld", (long long)to);
		json_put_str(args, "from", place[0]);
		json_put_str(args, "to", place[1]);
		json_put_int(args, "bytes", PIECE);
		json_put_str(args, "as", "base64");
		json_put_str(args, "console", console);
		e = client_call(c, "command", json_pack("{s:s,s:o}", "name", "console.read", "args",
		    args), ANSWER_NS, &r, why);
		buf_init(&data, 2 * PIECE);
		if (e == ERR_OK && base64_get(&data, slice_of(json_get_str(r, "data", ""))))
			add_piece(&l, &data, json_get_int(r, "from", from),
			    json_object_get(r, "times"));
		from = json_get_int(r, "to", from) > from ? json_get_int(r, "to", to) : to;
		buf_fini(&data);
		json_decref(r);
	}
	if (!l.fresh)
		end_line(&l);
	buf_fini(&l.line);
	return e;
}
