/* gauge_consoles.c - a console lent to the gauges. */
#include "bench/gauge_consoles.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "bench/consoles_lend.h"
#include "gauge/set.h"

static const char scheme[] = "lend:", lent[] = "gauges ";
enum { LINE = 400 };

bool
gauge_consoles_is(const char *spec)
{
	return strncmp(spec, scheme, sizeof scheme - 1) == 0;
}

static struct bench_console *
lent_to(const struct bench *b, const char *source)
{
	LIST_EACH(n, &b->consoles) {
		struct bench_console *k = consoles_entry(n);

		if (k->lent_to != NULL && strncmp(k->lent_to, lent, sizeof lent - 1) == 0 &&
		    strcmp(k->lent_to + sizeof lent - 1, source) == 0)
			return k;
	}
	return NULL;
}

enum err
gauge_consoles_lend(struct bench *b, const char *spec, const char *source,
    char out[GAUGE_CONSOLE_SPEC], struct err_msg *why)
{
	struct bench_console *k = consoles_named(b, spec + sizeof scheme - 1);
	char to[GAUGE_FROM_MAX + 16];
	uint32_t baud;
	int n;

	if (k == NULL)
		return err_set(why, ERR_NOENT, spec, "console.list names them",
		    "no console of this name");
	baud = console_settings(k->console)->baud;
	n = snprintf(out, GAUGE_CONSOLE_SPEC, "serial:%s@%u", console_spec(k->console),
	    baud != 0 ? baud : 115200u);
	if (strncmp(console_spec(k->console), "exec:", 5) == 0 || n >= GAUGE_CONSOLE_SPEC)
		return err_set(why, ERR_UNSUPPORTED, spec, "gauge.source add exec:PROGRAM",
		    "a program is no port that can be lent");
	snprintf(to, sizeof to, "%s%s", lent, source);
	return consoles_lend(k, to, 0, NULL, why);
}

void
gauge_consoles_back(struct bench *b, const char *source)
{
	struct bench_console *k = lent_to(b, source);

	if (k != NULL)
		consoles_give_back(k);
}

void
gauge_consoles_ended(struct bench *b, const char *to)
{
	if (strncmp(to, lent, sizeof lent - 1) == 0)
		(void)gauge_set_remove(b->gauges, to + sizeof lent - 1, NULL);
}

/* Whole lines become marks; control bytes are a board's and are shown as they are escaped. */
void
gauge_consoles_said(struct bench *b, const char *source, const char *p, size_t n)
{
	struct bench_console *k = lent_to(b, source);

	if (k == NULL)
		return;
	if (k->said == NULL) {
		k->said = mem_zero(1, sizeof *k->said);
		buf_init(k->said, LINE);
	}
	for (size_t i = 0; i < n; i++) {
		const bool end = p[i] == '\n' || k->said->len + 2 >= LINE;

		if (p[i] != '\n' && p[i] != '\r')
			(void)buf_add_byte(k->said, (unsigned char)p[i] < 0x20 ? '?' : p[i]);
		if (!end || k->said->len == 0)
			continue;
		console_mark(k->console, buf_str(k->said));
		buf_clear(k->said);
	}
}
