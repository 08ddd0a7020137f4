/* rx.c - RE2 syntax checked and rewritten for PCRE2. */
#include "pprof/rx.h"

#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/alloc.h"
#include "base/buf.h"

enum { MATCH_STEPS = 200000, HEAP_KIB = 16384, PATTERN_MAX = 64 << 10, REPEAT_MAX = 1000 };

struct rx {
	char *literal;                  /* NULL: code */
	size_t literal_n;
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *limits;
	bool gave_up;
};

/* The pattern on its way to PCRE2's spelling. */
struct translation {
	struct slice in;
	size_t at;
	struct buf out;
	const char *fault;              /* what RE2 does not have, or NULL */
	bool repeated;                  /* a repetition stands right before */
};

static bool
is_plain(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '\0' || strchr("\\^$.[]|()?*+{}", s.p[i]) != NULL)
			return false;
	return true;
}

static char
peek(const struct translation *t, size_t ahead)
{
	return t->at + ahead < t->in.n ? t->in.p[t->at + ahead] : '\0';
}

static void
copy(struct translation *t, size_t n)
{
	if (n > t->in.n - t->at)
		n = t->in.n - t->at;
	(void)buf_add(&t->out, t->in.p + t->at, n);
	t->at += n;
}

static void
replace(struct translation *t, size_t n, const char *by)
{
	(void)buf_add_str(&t->out, by);
	t->at += n;
}

static bool
octal(char c)
{
	return c >= '0' && c <= '7';
}

/* \Q...\E is text, to the end of the pattern if need be. */
static void
quoted(struct translation *t)
{
	int64_t end = slice_find(slice_skip(t->in, t->at), slice_of("\\E"));

	copy(t, end < 0 ? t->in.n - t->at : (size_t)end + 2);
}

/* A backslash; in_class: between brackets. */
static void
escape(struct translation *t, bool in_class)
{
	char c = peek(t, 1);

	if (c == 'Q')
		quoted(t);
	else if (c == 's')
		replace(t, 2, in_class ? "\\t\\n\\f\\r " : "[\\t\\n\\f\\r ]");
	else if (c == 'S' && !in_class)
		replace(t, 2, "[^\\t\\n\\f\\r ]");
	else if (c == 'v')
		replace(t, 2, "\\x0b");
	else if (c >= '1' && c <= '9' && (!octal(c) || !octal(peek(t, 2))))
		t->fault = "a backreference";
	else if (strchr("gkKRhHVNXGZecoulLCE", c) != NULL && c != '\0')
		t->fault = c == 'K' ? "\\K" : "this escape";
	else
		copy(t, 2);
}

static void
bracket(struct translation *t)
{
	copy(t, 1);
	if (peek(t, 0) == '^')
		copy(t, 1);
	if (peek(t, 0) == ']')
		replace(t, 1, "\\]");
	while (t->at < t->in.n && peek(t, 0) != ']' && t->fault == NULL) {
		int64_t end = -1;

		if (peek(t, 0) == '[' && peek(t, 1) == ':')
			end = slice_find(slice_skip(t->in, t->at), slice_of(":]"));
		if (end > 0)
			copy(t, (size_t)end + 2);
		else if (peek(t, 0) == '\\')
			escape(t, true);
		else if (peek(t, 0) == '[')
			replace(t, 1, "\\[");
		else
			copy(t, 1);
	}
	copy(t, 1);
}

/* What may stand behind "(?": flags of RE2, or a name. */
static void
group(struct translation *t)
{
	size_t i = 2;

	if (peek(t, 1) == '*')
		t->fault = "a verb";
	if (peek(t, 1) != '?') {
		copy(t, 1);
		return;
	}
	if (peek(t, 2) == 'P' && peek(t, 3) == '<') {
		copy(t, 4);
		return;
	}
	if (peek(t, 2) == '<' && peek(t, 3) != '=' && peek(t, 3) != '!') {
		copy(t, 3);
		return;
	}
	while (peek(t, i) != '\0' && strchr("imsU-", peek(t, i)) != NULL)
		i++;
	if (peek(t, i) == ':' || (peek(t, i) == ')' && i > 2)) {
		copy(t, i + 1);
		return;
	}
	t->fault = strchr("=!<", peek(t, 2)) != NULL && peek(t, 2) != '\0' ? "lookaround"
									    : "this kind of group";
}

/* {n}, {n,}, {n,m}; anything else is a literal brace to both. */
static bool
counted(struct translation *t)
{
	size_t i = 1, number = 0, digits = 0, most = 0;

	for (; (peek(t, i) >= '0' && peek(t, i) <= '9') || (peek(t, i) == ',' && digits > 0); i++) {
		number = peek(t, i) == ',' ? 0 : number * 10 + (size_t)(peek(t, i) - '0');
		digits += peek(t, i) != ',';
		if (number > most)
			most = number;
		if (most > REPEAT_MAX)
			break;
	}
	if (most > REPEAT_MAX)
		t->fault = "more than 1000 repetitions";
	if (digits == 0 || peek(t, i) != '}') {
		replace(t, 1, "\\{");
		return false;
	}
	copy(t, i + 1);
	return true;
}

static void
repetition(struct translation *t)
{
	bool again = t->repeated;

	t->repeated = true;
	if (peek(t, 0) == '{') {
		t->repeated = counted(t);
		again = again && t->repeated;
	} else {
		copy(t, 1);
	}
	if (again)
		t->fault = "a repetition of a repetition";
	/* lazy or not makes no difference to whether it matches */
	if (t->repeated && peek(t, 0) == '?')
		copy(t, 1);
}

static const char *
translate(struct translation *t)
{
	while (t->at < t->in.n && t->fault == NULL) {
		char c = peek(t, 0);

		if (c == '*' || c == '+' || c == '?' || c == '{') {
			repetition(t);
			continue;
		}
		t->repeated = false;
		if (c == '\\')
			escape(t, false);
		else if (c == '[')
			bracket(t);
		else if (c == '(')
			group(t);
		else
			copy(t, 1);
	}
	return t->fault;
}

static bool
limits(struct rx *r)
{
	r->data = pcre2_match_data_create(1, NULL);
	r->limits = pcre2_match_context_create(NULL);
	if (r->data == NULL || r->limits == NULL)
		return false;
	(void)pcre2_set_match_limit(r->limits, MATCH_STEPS);
	(void)pcre2_set_depth_limit(r->limits, MATCH_STEPS);
	(void)pcre2_set_heap_limit(r->limits, HEAP_KIB);
	return true;
}

static enum err
compile(struct rx *r, const char *what, const struct buf *text, struct err_msg *why)
{
	pcre2_compile_context *c = pcre2_compile_context_create(NULL);
	PCRE2_SIZE at = 0;
	int code = 0;
	char said[120] = "not enough memory";

	if (c != NULL) {
		(void)pcre2_set_newline(c, PCRE2_NEWLINE_LF);
		r->code = pcre2_compile((PCRE2_SPTR)buf_str(text), text->len,
		    PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_DOLLAR_ENDONLY
			| PCRE2_NEVER_BACKSLASH_C | PCRE2_NO_AUTO_CAPTURE,
		    &code, &at, c);
		pcre2_compile_context_free(c);
	}
	if (r->code == NULL || !limits(r)) {
		if (code != 0)
			(void)pcre2_get_error_message(code, (PCRE2_UCHAR *)said, sizeof(said));
		return err_set(why, ERR_USAGE, what,
		    "correct the pattern, or quote what is special with \\",
		    "\"%.60s\" near character %zu: %s", buf_str(text), (size_t)at + 1, said);
	}
	(void)pcre2_jit_compile(r->code, PCRE2_JIT_COMPLETE);
	return ERR_OK;
}

static enum err
translated(struct rx *r, const char *what, struct slice pattern, struct err_msg *why)
{
	struct translation t = { .in = pattern };
	enum err e;

	buf_init(&t.out, (size_t)PATTERN_MAX * 8);
	if (translate(&t) != NULL)
		e = err_set(why, ERR_USAGE, what, "write it without; Go's regexps lack it too",
		    "\"%.60s\" near character %zu: %s is not in Go's (RE2) syntax",
		    pattern.n < 61 ? buf_str(&t.out) : "...", t.at + 1, t.fault);
	else
		e = compile(r, what, &t.out, why);
	buf_fini(&t.out);
	return e;
}

enum err
rx_new(struct rx **out, const char *what, struct slice pattern, struct err_msg *why)
{
	struct rx *r;
	enum err e = ERR_OK;

	*out = NULL;
	if (pattern.n > PATTERN_MAX)
		return err_set(why, ERR_LIMIT, what, NULL, "a pattern of more than %d bytes",
		    PATTERN_MAX);
	r = mem_zero(1, sizeof(*r));
	if (is_plain(pattern)) {
		r->literal = mem_strn(pattern.p, pattern.n);
		r->literal_n = pattern.n;
	} else {
		e = translated(r, what, pattern, why);
	}
	if (e != ERR_OK)
		rx_free(r);
	else
		*out = r;
	return e;
}

void
rx_free(struct rx *r)
{
	if (r == NULL)
		return;
	mem_free(r->literal);
	pcre2_code_free(r->code);
	pcre2_match_data_free(r->data);
	pcre2_match_context_free(r->limits);
	mem_free(r);
}

bool
rx_match(struct rx *r, struct slice text)
{
	int found;

	if (r->literal != NULL)
		return memmem(text.p, text.n, r->literal, r->literal_n) != NULL;
	found = pcre2_match(r->code, (PCRE2_SPTR)text.p, text.n, 0, 0, r->data, r->limits);
	if (found < 0 && found != PCRE2_ERROR_NOMATCH)
		r->gave_up = true;
	return found >= 0;
}

bool
rx_gave_up(const struct rx *r)
{
	return r != NULL && r->gave_up;
}
