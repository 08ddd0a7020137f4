/* say.c - what subcommands print. */
#include "cli/say.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "core/cause.h"

enum { OUT_MAX = 64 << 20, COLUMNS_MAX = 8, CELL_MAX = 40 };

void
say_json(const json_t *v)
{
	struct buf b;

	buf_init(&b, OUT_MAX);
	if (v == NULL)
		puts("null");
	else if (json_write(v, &b) == ERR_OK)
		printf("%s\n", buf_str(&b));
	buf_fini(&b);
}

void
say_text(FILE *f, const char *p, size_t n)
{
	struct buf b;

	buf_init(&b, OUT_MAX);
	if (utf8_escape(&b, p, n, 1) == ERR_OK)
		(void)fwrite(buf_str(&b), 1, b.len, f);
	buf_fini(&b);
}

void
say_str(FILE *f, const char *s)
{
	say_text(f, s, strlen(s));
}

static int
status_of(enum err e, const struct err_msg *why)
{
	/* client.c names the signal that ended us */
	if (e == ERR_CANCELLED && why != NULL && strcmp(why->what, "SIGTERM") == 0)
		return 143;
	return err_exit_status(e);
}

void
say_word(FILE *f, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	    "-_./:=,+@%";

	if (word[0] != '\0' && strspn(word, plain) == strlen(word)) {
		fputs(word, f);
		return;
	}
	fputc('\'', f);
	for (; *word != '\0'; word++)
		if (*word == '\'')
			fputs("'\\''", f);
		else
			say_text(f, word, 1);
	fputc('\'', f);
}

static void
say_cause(const json_t *cause)
{
	struct buf b;

	buf_init(&b, OUT_MAX);
	cause_format(cause, &b);
	say_text(stderr, buf_str(&b), b.len);
	buf_fini(&b);
}

int
say_end(const struct cli_call *c, enum err e, const struct err_msg *why)
{
	return say_end_cause(c, e, why, NULL);
}

static void
say_error(const struct cli_call *c, const struct err_msg *why, json_t *cause)
{
	char text[ERR_WHAT_MAX + ERR_WHY_MAX + ERR_NEXT_MAX + 8];

	if (c != NULL && c->json) {
		json_t *o = json_object(), *error = json_from_err(why);

		if (cause != NULL)
			(void)json_object_set(error, "cause", cause);
		json_put(o, "error", error);
		say_json(o);
		json_decref(o);
		return;
	}
	say_cause(cause);
	err_format(why, text, sizeof text);
	fputs("vise: ", stderr);
	say_str(stderr, text);
	fputc('\n', stderr);
}

/* Also where an earlier write has failed, whose errno is gone. */
static bool
nobody_reads(void)
{
	struct pollfd p = { .fd = 1, .events = POLLOUT };

	return errno == EPIPE || (poll(&p, 1, 0) > 0 && (p.revents & POLLERR) != 0);
}

int
say_end_cause(const struct cli_call *c, enum err e, const struct err_msg *why, json_t *cause)
{
	struct err_msg full;

	if (e == ERR_OK && (fflush(stdout) != 0 || ferror(stdout))) {
		if (nobody_reads())     /* head, less: whoever read has seen enough */
			return err_exit_status(ERR_IO);
		e = err_set(&full, ERR_IO, "output", NULL, "cannot be written");
		why = &full;
	}
	if (e != ERR_OK)
		say_error(c, why, cause);
	json_decref(cause);
	if (e == ERR_OK)
		return 0;
	(void)fflush(stdout);
	return status_of(e, why);
}

/* ---- values for people */

static void
cell(const json_t *v, struct buf *out)
{
	if (json_is_string(v))
		(void)utf8_escape(out, json_string_value(v), json_string_length(v), 0);
	else if (v != NULL && !json_is_null(v))
		(void)json_write(v, out);
}

static void
say_cell(const json_t *v, size_t width)
{
	struct buf b;

	buf_init(&b, OUT_MAX);
	cell(v, &b);
	if (width != 0 && b.len > CELL_MAX)
		printf("%.*s...  ", CELL_MAX - 3, buf_str(&b));
	else
		printf("%-*s%s", (int)width, buf_str(&b), width != 0 ? "  " : "");
	buf_fini(&b);
}

static size_t
cell_width(const json_t *v)
{
	struct buf b;
	size_t n;

	buf_init(&b, OUT_MAX);
	cell(v, &b);
	n = b.len < CELL_MAX ? b.len : CELL_MAX;
	buf_fini(&b);
	return n;
}

static void
table(const json_t *rows)
{
	const char *key[COLUMNS_MAX], *k;
	size_t width[COLUMNS_MAX], n = 0;
	json_t *first = json_array_get(rows, 0), *v;

	json_object_foreach(
	    first, k, v) if (n < COLUMNS_MAX && !json_is_array(v) && !json_is_object(v))
	{
		key[n] = k;
		width[n] = strlen(k) < CELL_MAX ? strlen(k) : CELL_MAX;
		n++;
	}
	for (size_t i = 0; i < n; i++)
		for (size_t r = 0; r < json_array_size(rows); r++) {
			const size_t w =
			    cell_width(json_object_get(json_array_get(rows, r), key[i]));

			width[i] = w > width[i] ? w : width[i];
		}
	for (size_t i = 0; i < n; i++)
		printf("%-*s%s", i + 1 < n ? (int)width[i] : 0, key[i], i + 1 < n ? "  " : "\n");
	for (size_t r = 0; r < json_array_size(rows); r++) {
		for (size_t i = 0; i < n; i++)
			say_cell(json_object_get(json_array_get(rows, r), key[i]),
			    i + 1 < n ? width[i] : 0);
		putchar('\n');
	}
}

void
say_value(const json_t *v)
{
	const char *k;
	json_t *m;

	if (v == NULL || json_is_null(v))
		return;
	if (json_is_array(v) && json_is_object(json_array_get(v, 0))) {
		table(v);
	} else if (json_is_object(v)) {
		json_object_foreach((json_t *)(uintptr_t)v, k, m)
		{
			if (json_is_array(m) && json_is_object(json_array_get(m, 0))) {
				printf("%s:\n", k);
				table(m);
				continue;
			}
			printf("%s: ", k);
			say_cell(m, 0);
			putchar('\n');
		}
	} else if (json_is_string(v)) {
		/* its lines stay lines */
		say_text(stdout, json_string_value(v), json_string_length(v));
		putchar('\n');
	} else {
		say_cell(v, 0);
		putchar('\n');
	}
}
