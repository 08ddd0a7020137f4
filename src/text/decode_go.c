/* decode_go.c - panics of Go and TinyGo, and dumps of goroutines. */
#include "text/decode_go.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/decode_cause.h"

/* count[]: what a dump had */
enum { GOROUTINES, FRAMES, BLANKS, WAITING, SELECTING, IN_GOROUTINE, OWN };

static const char *const literals[] = { "panic: ", "fatal error: ", "goroutine ", NULL };

static bool
has(const struct decode_line *l, const char *text, size_t *at)
{
	const char *p = strstr(l->p, text);

	if (p == NULL)
		return false;
	*at = (size_t)(p - l->p);
	return true;
}

/* A number behind a name, "pc=0x1234" or "mcause=5". */
static bool
value_of(const struct decode_line *l, const char *name, uint64_t *out)
{
	size_t at;

	if (!has(l, name, &at))
		return false;
	at += strlen(name);
	if (at + 1 < l->n && l->p[at] == '0' && l->p[at + 1] == 'x')
		return decode_hex(l->p + at, l->n - at, out) != 0;
	if (l->p[at] < '0' || l->p[at] > '9')
		return false;
	*out = strtoull(l->p + at, NULL, 10);
	return true;
}

/* "goroutine 12 [chan receive, 3 minutes]:"; *state is what stands in the brackets. */
static bool
header(const char *p, const char **state, size_t *n)
{
	const char *close;

	if (strncmp(p, "goroutine ", 10) != 0 || p[10] < '0' || p[10] > '9')
		return false;
	p += 10 + strspn(p + 10, "0123456789");
	close = strstr(p, "]:");
	if (close == NULL)
		return false;
	p = memchr(p, '[', (size_t)(close - p));
	if (p == NULL)
		return false;
	*state = p + 1;
	*n = (size_t)(close - p - 1);
	return true;
}

static void
goroutine(struct decode_record *r, const char *state, size_t n)
{
	r->count[GOROUTINES]++;
	r->count[IN_GOROUTINE] = 1;
	r->count[WAITING] += strncmp(state, "chan ", 5) == 0;
	r->count[SELECTING] += strncmp(state, "select", 6) == 0;
	if (r->count[GOROUTINES] == 1 && r->level == DECODE_CRASH)
		decode_row(r, "in a goroutine that was %.*s", (int)(n < 80 ? n : 80), state);
	r->note[0] = '\0';
}

/* ---- TinyGo: one line with addresses */

static enum decode_verdict
tinygo_panic(struct decode_record *r, const struct decode_line *l, size_t at)
{
	uint64_t pc;

	if (decode_hex(l->p + at, l->n - at, &pc) == 0)
		return DECODE_NO;
	r->decoder = "tinygo";
	(void)decode_row_addr(r, "pc", pc, false);
	return DECODE_LAST;
}

static enum decode_verdict
tinygo_fatal(struct decode_record *r, const struct decode_line *l)
{
	uint64_t pc, cause;

	if (!value_of(l, "pc=", &pc))
		return DECODE_MORE;             /* Go's: a dump may follow */
	r->decoder = "tinygo";
	(void)decode_row_addr(r, "pc", pc, false);
	if (value_of(l, "mcause=", &cause))
		(void)decode_row(r, "mcause %s", decode_cause_riscv(cause));
	return DECODE_LAST;
}

/* Behind a time, a level, a tag; not inside of a word, nor of a sentence ("don't panic: ..."). */
static bool
may_stand(const struct decode_line *l)
{
	size_t i = l->at;

	if (i != 0 && strchr(" \t:]|>)", l->p[i - 1]) == NULL)
		return false;
	while (i != 0 && (l->p[i - 1] == ' ' || l->p[i - 1] == '\t'))
		i--;
	return i == 0 || i == l->at || l->p[i - 1] < 'a' || l->p[i - 1] > 'z';
}

static enum decode_verdict
begin_go(struct decode_record *r, const struct decode_line *l, const struct decode_values *v)
{
	static const char tiny[] = "panic: runtime error at ";
	const char *p = l->p + l->at, *state;
	size_t n;

	(void)v;
	r->indent = l->at;
	r->level = DECODE_CRASH;
	if (!may_stand(l))
		return DECODE_NO;
	if (header(p, &state, &n)) {
		r->level = DECODE_INFO;
		snprintf(r->title, sizeof r->title, "goroutines");
		goroutine(r, state, n);
		return DECODE_MORE;
	}
	if (strncmp(p, "goroutine ", 10) == 0)
		return DECODE_NO;
	decode_text(r->title, sizeof r->title, p, l->n - l->at);
	if (strncmp(p, tiny, sizeof tiny - 1) == 0)
		return tinygo_panic(r, l, l->at + sizeof tiny - 1);
	return strncmp(p, "fatal error: ", 13) == 0 ? tinygo_fatal(r, l) : DECODE_MORE;
}

/* ---- Go: the dump that follows */

/* "/path/file.go:12 +0x1d" at the end of the line: where the path ends and its line's number. */
static bool
place(const char *p, size_t *path_n, size_t *all)
{
	const char *go = NULL, *at = p;

	while ((at = strstr(at, ".go:")) != NULL) {
		go = at;
		at++;
	}
	if (go == NULL || go[4] < '0' || go[4] > '9')
		return false;
	*path_n = (size_t)(go + 3 - p);
	*all = *path_n + 1 + strspn(go + 4, "0123456789");
	return p[*all] == '\0' || p[*all] == ' ';
}

/* The text of a line behind what stands before every line (a time, a tag). */
static const char *
body(const struct decode_record *r, const struct decode_line *l)
{
	return l->n >= r->indent ? l->p + r->indent : l->p;
}

/* A frame's second line: with the function before it, the first that is the program's is kept. */
static void
frame(struct decode_record *r, const char *p, size_t all)
{
	const size_t length = strlen(r->note);
	struct decode_row *row;
	char where[DECODE_TEXT];

	r->count[FRAMES]++;
	decode_text(where, sizeof where, p, all);
	if (r->count[OWN] != 0 || r->level != DECODE_CRASH || length == 0 ||
	    decode_is_library(r->note, where))
		return;
	row = decode_row(r, "at %.100s (%.120s)", r->note, where);
	if (row != NULL)
		row->own = true;
	r->count[OWN] = 1;
}

/* "main.(*T).work(0x1, {0x2})" without its arguments; "" when it is none. */
static void
function(struct decode_record *r, const char *p, size_t n)
{
	size_t open = 0, deep = 0;

	if (strncmp(p, "created by ", 11) == 0) {
		r->note[0] = '\0';
		return;
	}
	for (size_t i = n; i-- > 0;) {          /* the bracket that belongs to the last one */
		deep += p[i] == ')';
		if (p[i] == '(' && deep != 0 && --deep == 0) {
			open = i;
			break;
		}
	}
	if (open == 0 || p[n - 1] != ')')
		open = 0;
	decode_text(r->note, sizeof r->note, p, open);
}

static void
signal_line(struct decode_record *r, const struct decode_line *l)
{
	uint64_t pc;

	decode_row(r, "%.200s", body(r, l));
	if (value_of(l, " pc=", &pc) && pc != 0)
		(void)decode_row_addr(r, "pc", pc, false);
}

/* Lines between the parts of a dump that need no place of their own. */
static bool
is_filler(const char *p)
{
	static const char *const starts[] = { "\tpanic: ", "goroutine ", "runtime stack:", "...",
		"created by ", "exit status ", "runtime.", "runtime: ", "r0 ", "rax ", "[signal ",
		"[recovered", "\t/", "\tgoroutine running on other" };

	for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
		if (strncmp(p, starts[i], strlen(starts[i])) == 0)
			return true;
	return false;
}

static enum decode_verdict
more_go(struct decode_record *r, const struct decode_line *l)
{
	const char *p = body(r, l), *state;
	const char *text = p + strspn(p, " \t");
	size_t n, all;

	if (*text == '\0') {
		r->note[0] = '\0';
		return ++r->count[BLANKS] > 2 ? DECODE_NO : DECODE_MORE;
	}
	r->count[BLANKS] = 0;
	if (header(text, &state, &n))
		goroutine(r, state, n);
	else if (strncmp(text, "[signal ", 8) == 0)
		signal_line(r, l);
	else if (place(text, &n, &all))
		frame(r, text, all);
	else if (text[strlen(text) - 1] == ')' && strchr(text, '(') != NULL)
		function(r, text, strlen(text));
	else if (!is_filler(p) && !is_filler(text))
		return DECODE_NO;
	return strncmp(text, "exit status ", 12) == 0 ? DECODE_LAST : DECODE_MORE;
}

/* "12 goroutines: 3 wait on a channel, 1 in select, 8 else" */
static void
census(const struct decode_record *r, char *out, size_t size)
{
	const unsigned n = r->count[GOROUTINES], waiting = r->count[WAITING],
		       selecting = r->count[SELECTING];

	if (waiting != 0 || selecting != 0)
		snprintf(out, size, "%u goroutine%s: %u wait%s on a channel, %u in select, %u else",
		    n, n == 1 ? "" : "s", waiting, waiting == 1 ? "s" : "", selecting,
		    n - waiting - selecting);
	else
		snprintf(out, size, "%u goroutine%s", n, n == 1 ? "" : "s");
}

static void
end_go(struct decode_record *r)
{
	char text[DECODE_TITLE];

	r->goroutines = r->count[GOROUTINES];
	census(r, text, sizeof text);
	if (r->level == DECODE_INFO)
		snprintf(r->title, sizeof r->title, "%s", text);
	else if (r->count[GOROUTINES] > 1)
		(void)decode_row(r, "%s", text);
}

const struct decoder_ops decode_go_ops = {
	.name = "go",
	.help = "panics, fatal errors and goroutine dumps of Go; panics of TinyGo",
	.literals = literals,
	.begin = begin_go,
	.more = more_go,
	.end = end_go,
};
