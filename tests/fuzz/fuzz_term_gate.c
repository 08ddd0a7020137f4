/*
 * fuzz_term_gate.c - libFuzzer target for the gate, with an oracle that reads its output back:
 * the same for every split, whole valid UTF-8, no C1, no control but 7-13, bounded runs of marks,
 * and each ESC begins a sequence of the list in gate.h. The plain form holds text, LF and HT alone.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "grid/width.h"
#include "term/gate.h"

enum { INPUT_MAX = 8192, OUTPUT_MAX = 4 * INPUT_MAX };

struct acc {
	size_t n;
	char b[OUTPUT_MAX];
};

#define HOLD(cond) do { if (!(cond)) abort(); } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
put(const char *p, size_t n, void *arg)
{
	struct acc *a = arg;

	HOLD(n > 0 && n <= GATE_WRITE_MAX && a->n + n <= sizeof a->b);
	memcpy(a->b + a->n, p, n);
	a->n += n;
}

static int
listed(const char *set, char c)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* Modes that may be set: each number of p[0..n) is of the list. */
static void
check_modes(const char *p, size_t n, const int *allowed, size_t count)
{
	for (size_t i = 0; i < n; i++) {
		size_t k = 0;
		int v = 0;

		HOLD(p[i] >= '0' && p[i] <= '9');
		for (; i < n && p[i] != ';'; i++)
			v = v * 10 + (p[i] - '0');
		while (k < count && allowed[k] != v)
			k++;
		HOLD(k < count);
	}
}

/* A CSI at p (behind the bracket); returns its length. */
static size_t
check_csi(const char *p, size_t n)
{
	static const int ansi[] = { 4, 20 }, dec[] = { 1, 6, 7, 25, 47, 1047, 1048, 1049 };
	size_t i = 0, from;
	int digits = 0, params = 1;
	const int question = n > 0 && p[0] == '?';

	i += question != 0;
	from = i;
	for (; i < n && ((p[i] >= '0' && p[i] <= '9') || p[i] == ';' || p[i] == ':'); i++) {
		digits = p[i] <= '9' ? digits + 1 : 0;
		params += p[i] > '9';
		HOLD(digits <= 4 && params <= GATE_PARAMS_MAX);
		HOLD(p[i] != ':' || !question);
	}
	if (i < n && p[i] == '!') {
		HOLD(i == 0 && n > 1 && p[1] == 'p');
		return 2;
	}
	HOLD(i < n);
	if (p[i] == 'h' || p[i] == 'l')
		check_modes(p + from, i - from, question ? dec : ansi, question ? 8 : 2);
	else
		HOLD(listed(question ? "JK" : "@ABCDEFGHIJKLMPSTXZ`adefgrm", p[i]));
	return i + 1;
}

static size_t
check_escape(const char *p, size_t n)
{
	HOLD(n >= 2);
	if (p[1] == '[')
		return 2 + check_csi(p + 2, n - 2);
	HOLD(listed("78DEHM=>c", p[1]));
	return 2;
}

static void
check(const struct acc *a, enum gate_mode mode)
{
	int marks = 0;

	for (size_t i = 0; i < a->n;) {
		uint32_t cp;
		const size_t len = utf8_decode(a->b + i, a->n - i, &cp);

		HOLD(len != 0);
		if (cp == 0x1b) {
			HOLD(mode == GATE_SCREEN);
			i += check_escape(a->b + i, a->n - i);
			continue;
		}
		if (mode == GATE_PLAIN)
			HOLD(cp >= 0x20 || cp == '\n' || cp == '\t');
		else
			HOLD(cp >= 0x20 || (cp >= 7 && cp <= 13));
		HOLD(cp < 0x7f || cp > 0x9f);
		if (cp >= 0x20)
			marks = grid_width(cp) == 0 ? marks + 1 : 0;
		HOLD(marks <= GATE_MARKS_MAX);
		i += len;
	}
}

static void
run(enum gate_mode mode, const char *p, size_t n, size_t cut)
{
	static struct acc a, b;
	struct gate g;

	a.n = b.n = 0;
	gate_init(&g, mode, put, &a);
	gate_feed(&g, p, n);
	gate_finish(&g);
	gate_init(&g, mode, put, &b);
	gate_feed(&g, p, cut);
	for (size_t i = cut; i < n; i++)
		gate_feed(&g, p + i, 1);
	gate_finish(&g);
	HOLD(a.n == b.n && memcmp(a.b, b.b, a.n) == 0);
	check(&a, mode);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t cut;

	if (size < 2 || size > INPUT_MAX)
		return 0;
	cut = data[0] * 257u % size;
	run(GATE_SCREEN, (const char *)data + 1, size - 1, cut);
	run(GATE_PLAIN, (const char *)data + 1, size - 1, cut);
	return 0;
}
