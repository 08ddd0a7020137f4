/* finding.c - what a rule has to say of a gauge. */
#include "gauge/finding.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct finding *
finding_of(struct found *f, const char *subject)
{
	struct finding *x = NULL;

	for (size_t i = 0; i < f->n && x == NULL; i++)
		if (f->v[i].rule == f->rule && strcmp(f->v[i].subject, subject) == 0)
			x = &f->v[i];
	if (x == NULL) {
		if (f->n == FINDINGS_MAX)
			return NULL;
		x = &f->v[f->n++];
		*x = (struct finding){ .rule = f->rule };
		snprintf(x->subject, sizeof x->subject, "%s", subject);
	}
	x->was = x->verdict;
	memcpy(x->was_word, x->word, sizeof x->was_word);
	x->fresh = true;
	x->numbers = 0;
	x->tell = false;
	return x;
}

void
finding_say(struct finding *x, enum finding_verdict verdict, const char *word, const char *fmt, ...)
{
	va_list ap;

	if (x == NULL)
		return;
	x->verdict = verdict;
	snprintf(x->word, sizeof x->word, "%s", word);
	va_start(ap, fmt);
	vsnprintf(x->text, sizeof x->text, fmt, ap);
	va_end(ap);
}

void
finding_number(struct finding *x, const char *name, double value, const char *unit)
{
	if (x == NULL || x->numbers == FINDING_NUMBERS || isnan(value))
		return;
	x->number[x->numbers++] =
	    (struct finding_number){ .name = name, .unit = unit, .value = value };
}

double
rule_value(const struct rule_look *l, const char *id)
{
	const int i = table_find(l->table, id);

	return i < 0 ? (double)NAN : l->table->v[i];
}

const char *
finding_verdict_word(enum finding_verdict v)
{
	static const char *const words[] = { "absent", "waiting", "good", "note", "warn", "alarm" };

	return words[v];
}
