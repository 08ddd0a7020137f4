/*
 * fuzz_dump.c - any bytes into the parser of goroutine dumps, and what comes out into groups.
 *
 * Oracle: every slice lies inside of the text, every index inside of its table; the groups hold as
 * many goroutines as the dump; no name holds an escape; parsing what was cleaned gives the same.
 * Built with -fsanitize=fuzzer,address,undefined.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "pprof/goroutines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
inside(const struct dump *d, struct slice s, size_t size)
{
	must(s.n == 0 || (s.p >= d->text && s.p + s.n <= d->text + size));
	must(s.n == 0 || memchr(s.p, '\033', s.n) == NULL);
}

static void
check_stack(const struct dump *d, const struct dump_stack *s, size_t size)
{
	must(s->first + s->count <= d->frame_count && s->count <= DUMP_DEPTH_MAX);
	inside(d, s->creator.function, size);
	inside(d, s->creator.file, size);
	for (uint32_t i = 0; i < s->count; i++) {
		inside(d, d->frame[s->first + i].function, size);
		inside(d, d->frame[s->first + i].file, size);
		must(d->frame[s->first + i].line >= 0);
	}
}

static void
check(const struct dump *d, size_t size)
{
	uint64_t total = 0;

	inside(d, d->headline, size);
	for (uint32_t i = 0; i < d->stack_count; i++)
		check_stack(d, &d->stack[i], size);
	for (uint32_t i = 0; i < d->goroutine_count; i++) {
		must(d->goroutine[i].stack < d->stack_count);
		inside(d, d->goroutine[i].state, size);
		inside(d, d->goroutine[i].labels, size);
		total += d->goroutine[i].count;
	}
	must(total == d->total);
}

static void
group(const struct dump *d, const struct dump *again, uint8_t choice)
{
	const struct dump *const dumps[] = { again, d, d, again, d };
	struct goroutines_options o;
	struct goroutines *w = NULL;
	uint64_t count = 0;
	char text[64];

	goroutines_defaults(&o);
	o.by = (enum goroutines_by)(choice % GOROUTINES_BYS);
	o.rules = GOROUTINES_RULES_ALL;
	must(goroutines_make(&w, dumps, 1 + choice / 4 % 5, &o, NULL) == ERR_OK);
	for (uint32_t i = 0; i < w->count; i++) {
		count += w->group[i].count;
		must(w->group[i].cause != NULL);
		goroutines_rule_text(w, &w->group[i], 1u << choice % 7, text, sizeof(text));
	}
	must(count == w->total);
	goroutines_free(w);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dump *d = NULL, *again = NULL;
	size_t clean;

	if (size == 0)
		return 0;
	(void)dump_is((const char *)data + 1, size - 1);
	if (dump_parse(&d, (const char *)data + 1, size - 1, "fuzz", NULL) != ERR_OK)
		return 0;
	clean = strlen(d->text);
	check(d, clean);
	must(dump_parse(&again, d->text, clean, "again", NULL) == ERR_OK);
	must(again->total == d->total && again->stack_count == d->stack_count);
	group(d, again, data[0]);
	dump_free(again);
	dump_free(d);
	return 0;
}
