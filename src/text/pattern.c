/* pattern.c - literals by memmem, the rest by PCRE2 with JIT and limits. */
#include "text/pattern.h"

#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/alloc.h"
#include "base/limits.h"

enum { MATCH_STEPS = 1000000, DEPTH_STEPS = 10000, HEAP_KIB = 16384, COMPACT = 64 << 10 };

struct pattern {
	char *literal;                  /* NULL: code */
	size_t literal_n;
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *limits;
	size_t context;                 /* the longest lookbehind */
};

static bool
is_plain(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (text[i] == '\0' || strchr("\\^$.[]|()?*+{}", text[i]) != NULL)
			return false;
	return true;
}

static enum err
compile(struct pattern *p, const char *text, size_t n, unsigned flags, struct err_msg *why)
{
	const uint32_t icase = (flags & PATTERN_ICASE) != 0 ? PCRE2_CASELESS : 0u;
	const uint32_t opts = icase | ((flags & PATTERN_LITERAL) != 0 ? PCRE2_LITERAL
	    : PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C);
	PCRE2_SIZE at = 0;
	uint32_t behind = 0;
	int code;

	p->code = pcre2_compile((PCRE2_SPTR)text, n, opts, &code, &at, NULL);
	if (p->code == NULL) {
		char said[120] = "";

		(void)pcre2_get_error_message(code, (PCRE2_UCHAR *)said, sizeof said);
		return err_set(why, ERR_FORMAT, text,
		    "correct it, or quote special characters with \\",
		    "the pattern is wrong at character %zu: %s", (size_t)at + 1, said);
	}
	(void)pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE | PCRE2_JIT_PARTIAL_SOFT);
	(void)pcre2_pattern_info(p->code, PCRE2_INFO_MAXLOOKBEHIND, &behind);
	p->context = behind;
	p->data = pcre2_match_data_create(PATTERN_GROUPS, NULL);
	p->limits = pcre2_match_context_create(NULL);
	if (p->data == NULL || p->limits == NULL)
		return err_set(why, ERR_MEMORY, "pattern", NULL, "not enough memory");
	(void)pcre2_set_match_limit(p->limits, MATCH_STEPS);
	(void)pcre2_set_depth_limit(p->limits, DEPTH_STEPS);
	(void)pcre2_set_heap_limit(p->limits, HEAP_KIB);
	return ERR_OK;
}

enum err
pattern_new(const char *text, size_t n, unsigned flags, struct pattern **out, struct err_msg *why)
{
	struct pattern *p;
	enum err e = ERR_OK;

	*out = NULL;
	if (n == 0)
		return err_set(why, ERR_USAGE, "pattern", "give some text", "it is empty");
	if (n > LIMIT_PATTERN)
		return err_set(why, ERR_LIMIT, "pattern", NULL, "longer than %u bytes",
		    LIMIT_PATTERN);
	p = mem_zero(1, sizeof *p);
	if ((flags & PATTERN_ICASE) == 0 && ((flags & PATTERN_LITERAL) != 0 || is_plain(text, n))) {
		p->literal = mem_strn(text, n);
		p->literal_n = n;
	} else {
		e = compile(p, text, n, flags, why);
	}
	if (e != ERR_OK) {
		pattern_free(p);
		return e;
	}
	*out = p;
	return ERR_OK;
}

void
pattern_free(struct pattern *p)
{
	if (p == NULL)
		return;
	mem_free(p->literal);
	pcre2_code_free(p->code);
	pcre2_match_data_free(p->data);
	pcre2_match_context_free(p->limits);
	mem_free(p);
}

const char *
pattern_group(const struct pattern *p, unsigned group)
{
	uint32_t names = 0, size = 0;
	PCRE2_SPTR table = NULL;

	if (p->code == NULL)
		return NULL;
	(void)pcre2_pattern_info(p->code, PCRE2_INFO_NAMECOUNT, &names);
	(void)pcre2_pattern_info(p->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
	(void)pcre2_pattern_info(p->code, PCRE2_INFO_NAMETABLE, &table);
	for (uint32_t i = 0; i < names; i++, table += size)     /* two bytes of number, the name */
		if (((unsigned)table[0] << 8 | table[1]) == group)
			return (const char *)table + 2;
	return NULL;
}

static enum pattern_found
find_literal(const struct pattern *p, const char *hay, size_t n, size_t from,
    struct pattern_match *m)
{
	const char *hit = from < n ? memmem(hay + from, n - from, p->literal, p->literal_n) : NULL;

	if (hit == NULL)
		return PATTERN_NO;
	m->groups = 1;
	m->span[0].start = (size_t)(hit - hay);
	m->span[0].end = m->span[0].start + p->literal_n;
	return PATTERN_YES;
}

/* *partial: where a match may have begun that needs more bytes; n when nowhere. */
static enum pattern_found
find_code(const struct pattern *p, const char *hay, size_t n, size_t from, uint32_t opts,
    struct pattern_match *m, size_t *partial)
{
	const int r = pcre2_match(p->code, (PCRE2_SPTR)hay, n, from, opts, p->data, p->limits);
	const PCRE2_SIZE *v = pcre2_get_ovector_pointer(p->data);

	*partial = n;
	if (r == PCRE2_ERROR_PARTIAL)
		*partial = v[0];
	if (r == PCRE2_ERROR_NOMATCH || r == PCRE2_ERROR_PARTIAL)
		return PATTERN_NO;
	if (r < 0)
		return PATTERN_GAVE_UP;
	m->groups = r == 0 ? PATTERN_GROUPS : (size_t)r;
	for (size_t i = 0; i < m->groups; i++)
		m->span[i] = (struct pattern_span){ v[2 * i], v[2 * i + 1] };
	for (size_t i = 0; i < m->groups; i++)
		if (m->span[i].start == PCRE2_UNSET)
			m->span[i] = (struct pattern_span){ 1, 0 };
	return PATTERN_YES;
}

enum pattern_found
pattern_find(const struct pattern *p, const char *hay, size_t n, size_t from,
    struct pattern_match *m)
{
	size_t partial;

	if (from > n)
		return PATTERN_NO;
	if (p->literal != NULL)
		return find_literal(p, hay, n, from, m);
	return find_code(p, hay, n, from, 0, m, &partial);
}

/* ---- streams */

void
pattern_stream_init(struct pattern_stream *s, const struct pattern *p, uint64_t offset)
{
	*s = (struct pattern_stream){ .p = p, .at = offset };
	buf_init(&s->keep, 4 * (size_t)LIMIT_EXPECT_WINDOW);
}

void
pattern_stream_fini(struct pattern_stream *s)
{
	buf_fini(&s->keep);
}

/* Bytes before `need` cannot take part any more; those a lookbehind may see stay a little. */
static void
let_go(struct pattern_stream *s, size_t need)
{
	const size_t stay = s->p->literal != NULL ? 0 : s->p->context + 1;
	size_t cut = need > stay ? need - stay : 0;

	s->from = need;
	if (s->keep.len - cut > LIMIT_EXPECT_WINDOW) {
		cut = s->keep.len - LIMIT_EXPECT_WINDOW;
		s->from = s->from > cut ? s->from : cut;
		s->dropped = true;
	}
	if (cut < COMPACT && cut < s->keep.len)
		return;                 /* moving the rest is not worth it yet */
	buf_eat(&s->keep, cut);
	s->at += cut;
	s->from -= cut;
}

static enum pattern_found
search_kept(struct pattern_stream *s, struct pattern_match *m)
{
	const size_t n = s->keep.len;
	enum pattern_found found;
	size_t need;

	if (s->p->literal != NULL) {
		found = find_literal(s->p, s->keep.data, n, s->from, m);
		need = n >= s->p->literal_n ? n - s->p->literal_n + 1 : 0;
		if (need < s->from)
			need = s->from;
	} else {
		found = find_code(s->p, s->keep.data, n, s->from, PCRE2_PARTIAL_SOFT, m, &need);
		if (found == PATTERN_GAVE_UP)
			need = n;
	}
	if (found != PATTERN_YES) {
		let_go(s, need);
		return found;
	}
	s->from = m->span[0].end;       /* an empty match must not be found for ever */
	if (m->span[0].end == m->span[0].start && s->from < n)
		s->from++;
	return found;
}

enum pattern_found
pattern_stream_feed(struct pattern_stream *s, const char *p, size_t n, struct pattern_match *m)
{
	if (n > LIMIT_EXPECT_WINDOW) {          /* against the contract: the newest counts */
		p += n - LIMIT_EXPECT_WINDOW;
		s->at += s->keep.len + n - LIMIT_EXPECT_WINDOW;
		buf_clear(&s->keep);
		s->from = 0;
		n = LIMIT_EXPECT_WINDOW;
		s->dropped = true;
	}
	if (s->from > LIMIT_EXPECT_WINDOW || s->keep.len > 2 * (size_t)LIMIT_EXPECT_WINDOW)
		let_go(s, s->from);
	(void)buf_add(&s->keep, p, n);
	return search_kept(s, m);
}
