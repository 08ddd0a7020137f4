/* token.c - splitting a command line into words. */
#include "core/token.h"

#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/slice.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* One escape after a backslash inside quotes; returns the bytes eaten, 0 when it is none we
 * know. */
static size_t
escape(const char *p, char *out)
{
	static const char from[] = "rntea\"\\0", to[] = "\r\n\t\033\a\"\\";
	const char *at = *p != '\0' ? strchr(from, *p) : NULL;
	uint64_t v;

	if (at != NULL) {
		*out = to[at - from];
		return 1;
	}
	if (*p == 'x' && p[1] != '\0' && p[2] != '\0' && slice_hex(slice_make(p + 1, 2), &v)) {
		*out = (char)v;
		return 3;
	}
	return 0;
}

static enum err
quoted(const char *line, size_t *at, struct buf *b, struct err_msg *why)
{
	for (++*at; line[*at] != '"'; ) {
		char c = line[*at];

		if (c == '\0')
			return err_set(why, ERR_USAGE, "command", NULL, "a quote is not closed");
		++*at;
		if (c == '\\') {
			const size_t n = escape(line + *at, &c);

			if (n == 0 && line[*at] == '\0')
				return err_set(
				    why, ERR_USAGE, "command", NULL, "a quote is not closed");
			if (n == 0)
				return err_set(why, ERR_USAGE, "command",
				    "known: \\r \\n \\t \\e \\a \\\" \\\\ \\0 \\xHH",
				    "unknown escape \\%c", line[*at]);
			*at += n;
		}
		if (buf_add_byte(b, c) != ERR_OK)
			return err_set(why, ERR_LIMIT, "command", NULL, "a word is too long");
	}
	++*at;
	return ERR_OK;
}

static void
push(struct token_list *t, struct buf *b, size_t eq, bool rest)
{
	struct token *k;

	if (t->n == t->cap) {
		t->cap = t->cap != 0 ? t->cap * 2 : 8;
		t->item = mem_resize(t->item, t->cap, sizeof *t->item);
	}
	k = &t->item[t->n++];
	*k = (struct token){ .whole_len = b->len, .rest = rest };
	k->whole = buf_take(b);
	if (eq != 0) {
		k->key = mem_strn(k->whole, eq);
		k->value = k->whole + eq + 1;
		k->len = k->whole_len - eq - 1;
	}
}

static bool
is_name(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!((p[i] >= 'a' && p[i] <= 'z') || (p[i] >= 'A' && p[i] <= 'Z') || p[i] == '_' ||
			p[i] == '.' || (i != 0 && ((p[i] >= '0' && p[i] <= '9') || p[i] == '-'))))
			return false;
	return n != 0;
}

static enum err
word(const char *line, size_t *at, struct token_list *t, bool keys, struct err_msg *why)
{
	struct buf b;
	size_t eq = 0;
	enum err e = ERR_OK;

	buf_init(&b, LIMIT_COMMAND_LINE);
	(void)buf_reserve(&b, 1);
	while (e == ERR_OK && line[*at] != '\0' && !is_blank(line[*at]) && line[*at] != ';') {
		if (line[*at] == '"') {
			e = quoted(line, at, &b, why);
			continue;
		}
		if (line[*at] == '=' && keys && eq == 0 && is_name(b.data, b.len))
			eq = b.len;
		e = buf_add_byte(&b, line[(*at)++]);
	}
	if (e == ERR_OK && t->n < LIMIT_ARGV)
		push(t, &b, eq, !keys);
	else if (e == ERR_OK)
		e = err_set(why, ERR_LIMIT, "command", NULL, "more than %u words", LIMIT_ARGV);
	buf_fini(&b);
	return e;
}

enum err
token_parse(const char *line, size_t *at, struct token_list *out, struct err_msg *why)
{
	bool keys = true;
	enum err e = ERR_OK;

	*out = (struct token_list){ .n = 0 };
	while (e == ERR_OK) {
		while (is_blank(line[*at]))
			++*at;
		if (line[*at] == '\0')
			break;
		if (line[*at] == ';') {
			++*at;
			while (is_blank(line[*at]))
				++*at;
			break;
		}
		if (keys && strncmp(line + *at, "--", 2) == 0 &&
		    (line[*at + 2] == '\0' || is_blank(line[*at + 2]))) {
			keys = false;   /* what follows is plain words, = or not */
			*at += 2;
			continue;
		}
		e = word(line, at, out, keys, why);
	}
	return e;
}

void
token_free(struct token_list *t)
{
	for (size_t i = 0; i < t->n; i++) {
		mem_free(t->item[i].whole);
		mem_free(t->item[i].key);
	}
	mem_free(t->item);
	*t = (struct token_list){ .n = 0 };
}
