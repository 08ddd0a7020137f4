/* test_script_rx.c - the pattern machine: against a naive matcher, in pieces, in linear time, at
 * its limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "script/rx.h"
#include "script/rx_run.h"
#include "sys/time.h"

static struct rx *
compile(const char *const *list, size_t n, unsigned flags)
{
	struct rx_source src[8];
	struct err_msg why;
	struct rx *rx = NULL;

	for (size_t i = 0; i < n; i++)
		src[i] = (struct rx_source){ list[i], strlen(list[i]), flags };
	if (rx_compile(src, n, &rx, &why) != ERR_OK)
		fail_msg("%s: %s", list[0], why.why);
	return rx;
}

/* Feeds s in pieces of `piece` bytes (0: all at once); true with *m when there is a match. */
static bool
run(const struct rx *rx, const char *s, size_t piece, bool text_ends, struct rx_match *m)
{
	struct rx_run *r = rx_run_new(rx, 0, -1);
	const size_t len = strlen(s);
	bool found = false;

	for (size_t at = 0; at < len && !found; at += piece != 0 ? piece : len)
		found = rx_run_feed(r, s + at, piece == 0 || at + piece > len ? len - at : piece);
	found = found || rx_run_end(r, text_ends);
	if (found)
		*m = *rx_run_match(r);
	rx_run_free(r);
	return found;
}

static void
test_table(void **state)
{
	static const struct { const char *rx, *s; int start, end, g1, g1end;
	} cases[] = {
		{ "abc", "xabcx", 1, 4, -1, -1 },
		{ "a|ab", "ab", 0, 1, -1, -1 },
		{ "ab|a", "ab", 0, 2, -1, -1 },
		{ "a+", "baaa", 1, 4, -1, -1 },
		{ "a+?", "baaa", 1, 2, -1, -1 },
		{ "a*", "baaa", 0, 0, -1, -1 },
		{ "(a+)(b+)?c", "xaabbc", 1, 6, 1, 3 },
		{ "x{2,3}", "xxxx", 0, 3, -1, -1 },
		{ "x{2}", "axxx", 1, 3, -1, -1 },
		{ "x{2,}?y", "xxxy", 0, 4, -1, -1 },
		{ "x{,2}", "x{,2}", 0, 5, -1, -1 },
		{ "^b", "a\nb", 2, 3, -1, -1 },
		{ "a$", "ba\r\n", 1, 2, -1, -1 },
		{ "a$", "ba", 1, 2, -1, -1 },
		{ "a$", "ab", -1, 0, -1, -1 },
		{ "\\bfoo\\b", "xfoo foo", 5, 8, -1, -1 },
		{ "\\Boo", "foo", 1, 3, -1, -1 },
		{ "[^\\r\\n]+", "\r\nabc\r", 2, 5, -1, -1 },
		{ "[a-c\\d]+", "xb2z", 1, 3, -1, -1 },
		{ "[]a]+", "x]a", 1, 3, -1, -1 },
		{ "[[:digit:][:upper:]]+", "ab1Cd", 2, 4, -1, -1 },
		{ "[^[:space:]]+", " hi ", 1, 3, -1, -1 },
		{ "\\x41\\x{}", "", -1, 0, -1, -1 },
		{ "(?i)ready", "xREADy", 1, 6, -1, -1 },
		{ "(?P<v>\\d+)\\.", "v12.3", 1, 4, 1, 3 },
		{ "\\+VER: (\\d+)\\.", "+VER: 3.2", 0, 8, 6, 7 },
		{ "a.c", "a\nc abc", 4, 7, -1, -1 },
		{ "(?:a|b)*c", "xabac", 1, 5, -1, -1 },
		{ "(a|ab)(c|bcd)(d*)", "abcd", 0, 4, 0, 1 },
		{ "\\[READY\\]", "..[READY]", 2, 9, -1, -1 },
		{ "a{0}b", "ab", 1, 2, -1, -1 },
		{ "()a", "a", 0, 1, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct rx_match m;
		struct rx_source src = { cases[i].rx, strlen(cases[i].rx), 0 };
		struct rx *rx;
		bool found;

		if (rx_compile(&src, 1, &rx, NULL) != ERR_OK) {
			assert_int_equal(cases[i].start, -1);
			continue;
		}
		found = run(rx, cases[i].s, i % 3, true, &m);
		if (found != (cases[i].start >= 0))
			fail_msg("%s on \"%s\": found %d", cases[i].rx, cases[i].s, found);
		if (found &&
		    (m.slot[0] != (uint64_t)cases[i].start || m.slot[1] != (uint64_t)cases[i].end))
			fail_msg("%s on \"%s\": %llu to %llu", cases[i].rx, cases[i].s,
			    (unsigned long long)m.slot[0], (unsigned long long)m.slot[1]);
		if (found && cases[i].g1 >= 0 &&
		    (m.slot[2] != (uint64_t)cases[i].g1 || m.slot[3] != (uint64_t)cases[i].g1end))
			fail_msg("%s on \"%s\": group %llu to %llu", cases[i].rx, cases[i].s,
			    (unsigned long long)m.slot[2], (unsigned long long)m.slot[3]);
		rx_free(rx);
	}
}

static void
test_bad(void **state)
{
	static const char *const bad[] = { "(", ")", "[a", "a**", "*a", "a{1001}", "a{3,2}", "\\q",
		"[z-a]", "(?=a)", "(?<n", "a\\", "[[:none:]]", "\\xZ1", "[\xc3\xa9]",
		"(?P<bad name>x)" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct rx_source src = { bad[i], strlen(bad[i]), 0 };
		struct err_msg why;
		struct rx *rx;

		if (rx_compile(&src, 1, &rx, &why) == ERR_OK)
			fail_msg("%s was taken", bad[i]);
		assert_true(why.why[0] != '\0');
	}
}

/* ---- against a naive matcher: random trees, their text, and backtracking over the tree */

struct node { char kind, c; bool lazy; int group; const struct node *a, *b; };
struct cont { const struct node *n; int end_of; size_t at; const struct cont *next; };

static struct node pool[256];
static int used, groups;
static uint64_t seed;
static const char *text;
static long naive[2 * RX_GROUPS];

static unsigned
dice(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed % n);
}

/* Depth bounds it; what is repeated is never empty, where the two kinds of engines may differ on
 * groups. */
static const struct node *
grow(int depth, bool nonempty)
{
	struct node *n = &pool[used++];
	const unsigned k = depth > 0 ? dice(9) : dice(2);

	*n = (struct node){
		.kind = "c.cat*+?("[k], .c = (char)('a' + dice(3)), .lazy = dice(2) == 0
	};
	switch (n->kind) {
	case 'a':
		n->kind = '|';
		n->a = grow(depth - 1, nonempty);
		n->b = grow(depth - 1, nonempty);
		break;
	case 't':
		n->a = grow(depth - 1, nonempty);
		n->b = grow(depth - 1, false);
		break;
	case '*': case '?':
		if (nonempty)
			n->kind = '+';
		n->a = grow(depth - 1, true);
		break;
	case '+':
		n->a = grow(depth - 1, true);
		break;
	case '(':
		if (groups < 5)
			n->group = ++groups;
		n->a = grow(depth - 1, nonempty);
		break;
	default:
		break;
	}
	return n;
}

static size_t
print(const struct node *n, char *out)
{
	size_t k = 0;

	switch (n->kind) {
	case 'c': out[k++] = n->c; break;
	case '.': out[k++] = '.'; break;
	case 't': k = print(n->a, out); k += print(n->b, out + k); break;
	case '|':
		memcpy(out, "(?:", 3);
		k = 3 + print(n->a, out + 3);
		out[k++] = '|';
		k += print(n->b, out + k);
		out[k++] = ')';
		break;
	case '(':
		memcpy(out, "(?:", 3);
		k = n->group != 0 ? 1 : 3;
		k += print(n->a, out + k);
		out[k++] = ')';
		break;
	default:
		memcpy(out, "(?:", 3);
		k = 3 + print(n->a, out + 3);
		out[k++] = ')';
		out[k++] = n->kind;
		if (n->lazy)
			out[k++] = '?';
		break;
	}
	out[k] = '\0';
	return k;
}

static bool go(const struct node *n, size_t at, const struct cont *k);

static bool
on(const struct cont *k, size_t at)
{
	long old[2];

	if (k == NULL) {
		naive[1] = (long)at;
		return true;
	}
	if (k->end_of == 0)
		return go(k->n, at, k->next);
	memcpy(old, &naive[2 * k->end_of], sizeof old);
	naive[2 * k->end_of] = (long)k->at;
	naive[2 * k->end_of + 1] = (long)at;
	if (on(k->next, at))
		return true;
	memcpy(&naive[2 * k->end_of], old, sizeof old);
	return false;
}

static bool
go(const struct node *n, size_t at, const struct cont *k)
{
	const struct node again = { .kind = '*', .lazy = n->lazy, .a = n->a };
	const struct cont second = { n->b, 0, 0, k },
			  star = { n->kind == '*' ? n : &again, 0, 0, k };
	const struct cont end = { NULL, n->group, at, k };

	switch (n->kind) {
	case 'c': return text[at] == n->c && on(k, at + 1);
	case '.': return text[at] != '\0' && text[at] != '\n' && on(k, at + 1);
	case 't': return go(n->a, at, &second);
	case '|': return go(n->a, at, k) || go(n->b, at, k);
	case '(': return go(n->a, at, n->group != 0 ? &end : k);
	case '+': return go(n->a, at, &star);
	case '?': return n->lazy ? on(k, at) || go(n->a, at, k) : go(n->a, at, k) || on(k, at);
	default:
		return n->lazy ? on(k, at) || go(n->a, at, &star)
			       : go(n->a, at, &star) || on(k, at);
	}
}

static bool
naive_search(const struct node *n)
{
	for (size_t at = 0; at <= strlen(text); at++) {
		for (int i = 0; i < 2 * RX_GROUPS; i++)
			naive[i] = -1;
		naive[0] = (long)at;
		if (go(n, at, NULL))
			return true;
	}
	return false;
}

static void
test_naive(void **state)
{
	unsigned hits = 0;

	(void)state;
	seed = 0x9e3779b97f4a7c15u;
	for (int i = 0; i < 20000; i++) {
		char pattern[4096], s[16];
		const char *list[1] = { pattern };
		const struct node *n;
		struct rx_match m;
		struct rx *rx;
		bool found;

		used = groups = 0;
		n = grow(4, false);
		(void)print(n, pattern);
		for (unsigned k = 0, len = dice(14); k <= len; k++)
			s[k] = k == len ? '\0' : (char)('a' + dice(3));
		text = s;
		rx = compile(list, 1, 0);
		found = run(rx, s, dice(4), true, &m);
		if (found != naive_search(n))
			fail_msg("%s on \"%s\": %d", pattern, s, found);
		for (int g = 0; found && g < 2 * (groups + 1); g++)
			if ((long)m.slot[g] != naive[g])
				fail_msg("%s on \"%s\": slot %d is %ld, not %ld", pattern, s, g,
				    (long)m.slot[g], naive[g]);
		hits += found;
		rx_free(rx);
	}
	assert_true(hits > 1000 && hits < 20000);
}

static void
test_set(void **state)
{
	static const char *const list[] = { "[READY] now", "[READY]", "ERROR" };
	struct rx *rx = compile(list, 3, RX_LITERAL);
	struct rx_match m;

	(void)state;
	assert_true(run(rx, "x[READY] no", 1, false, &m));
	assert_int_equal(m.pattern, 1);
	assert_true(run(rx, "x[READY] now", 2, false, &m));
	assert_int_equal(m.pattern, 0);
	assert_true(run(rx, "an ERROR [READY]", 3, false, &m));
	assert_int_equal(m.pattern, 2);
	assert_false(run(rx, "[READ", 1, false, &m));
	rx_free(rx);
}

/* What was found does not depend on the pieces; an unfinished greedy match waits for more. */
static void
test_pieces(void **state)
{
	static const char *const list[] = { "\\+VER: (\\d+)\\.(\\d+)", "OK\\r\\n", "^> $" };
	static const char s[] = "boot\r\nVER\r\n+VER: 3.217\r\n\r\nOK\r\n";
	struct rx *rx = compile(list, 3, 0);
	struct rx_run *r = rx_run_new(rx, 100, -1);
	struct rx_match whole, part;

	(void)state;
	assert_true(run(rx, s, 0, false, &whole));
	for (size_t piece = 1; piece < sizeof s; piece++) {
		assert_true(run(rx, s, piece, false, &part));
		assert_memory_equal(&whole, &part, sizeof part);
	}
	assert_false(rx_run_feed(r, "+VER: 3.2", 9));
	assert_non_null(rx_run_match(r));
	assert_int_equal(rx_run_oldest(r), 100);
	assert_true(rx_run_feed(r, "17\r", 3));
	assert_int_equal(rx_run_match(r)->slot[1], 111);
	rx_run_free(r);
	rx_free(rx);
}

static void
test_skip(void **state)
{
	static const char *const list[] = { "abcd" };
	struct rx *rx = compile(list, 1, RX_LITERAL);
	struct rx_run *r = rx_run_new(rx, 0, -1);

	(void)state;
	assert_false(rx_run_feed(r, "xxab", 4));
	assert_int_equal(rx_run_oldest(r), 2);
	rx_run_skip(r, 50);
	assert_false(rx_run_feed(r, "cd", 2));
	assert_true(rx_run_feed(r, "abcd", 4));
	assert_int_equal(rx_run_match(r)->slot[0], 52);
	rx_run_free(r);
	rx_free(rx);
}

/* The pattern that takes a backtracking engine minutes. */
static void
test_linear(void **state)
{
	static const char *const list[] = { ".*.*.*b$" };
	struct rx *rx = compile(list, 1, 0);
	char *s = mem_alloc(100001);
	struct rx_match m;
	const uint64_t begin = sys_mono();

	(void)state;
	memset(s, 'a', 100000);
	s[100000] = '\0';
	assert_false(run(rx, s, 0, true, &m));
	assert_true(sys_mono() - begin < 5000000000u);
	mem_free(s);
	rx_free(rx);
}

static void
test_limits(void **state)
{
	static const char *const huge[] = { "(?:(?:(?:){1000}){1000}){1000}",
		"(?:(?:a{100}){100}){100}", "(?:a{1000}){9}" };
	char *s = mem_alloc(LIMIT_PATTERN + 2);
	struct rx_source many[RX_SET_MAX + 1];
	struct rx *rx;

	(void)state;
	memset(s, 'a', LIMIT_PATTERN + 2);
	for (size_t n = LIMIT_PATTERN - 1; n <= LIMIT_PATTERN + 1; n++) {
		const enum err e =
		    rx_compile(&(struct rx_source){ s, n, RX_LITERAL }, 1, &rx, NULL);

		assert_int_equal(e, n <= LIMIT_PATTERN ? ERR_OK : ERR_LIMIT);
		if (e == ERR_OK)
			rx_free(rx);
	}
	for (size_t i = 0; i < sizeof huge / sizeof *huge; i++)
		assert_int_equal(
		    rx_compile(&(struct rx_source){ huge[i], strlen(huge[i]), 0 }, 1, &rx, NULL),
		    ERR_LIMIT);
	for (size_t i = 0; i < RX_SET_MAX + 1; i++)
		many[i] = (struct rx_source){ "a", 1, 0 };
	assert_int_equal(rx_compile(many, RX_SET_MAX, &rx, NULL), ERR_OK);
	rx_free(rx);
	assert_int_equal(rx_compile(many, RX_SET_MAX + 1, &rx, NULL), ERR_USAGE);
	assert_int_equal(rx_compile(many, 0, &rx, NULL), ERR_USAGE);
	mem_free(s);
}

static void
test_depth(void **state)
{
	char s[4 * 33 + 1];
	struct rx *rx;

	(void)state;
	for (size_t depth = 31; depth <= 33; depth++) {
		size_t n = 0;

		for (size_t i = 0; i < depth; i++, n += 3)
			memcpy(s + n, "(?:", 3);
		memset(s + n, ')', depth);
		n += depth;
		if (rx_compile(&(struct rx_source){ s, n, 0 }, 1, &rx, NULL) == ERR_OK) {
			assert_true(depth <= 32);
			rx_free(rx);
		} else {
			assert_true(depth > 32);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_naive),
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_skip),
		cmocka_unit_test(test_linear),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_depth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
