/* gauge_says.c - findings of the rules as rows. */
#include "ui/gauge_says.h"

#include <string.h>

#include "core/json.h"
#include "ui/gauge_view.h"

void
gauge_says_ask(struct ui *u)
{
	if (u->gauges->asked)
		return;
	u->gauges->asked = true;
	u->ops->command(u->arg, "gauge.rules");
}

bool
gauge_says_answer(struct ui *u, const char *line, const json_t *result)
{
	if (!u->gauges->asked || strcmp(line, "gauge.rules") != 0)
		return false;
	u->gauges->asked = false;
	replica_gauge_rules(u->replica, result);
	return true;
}

/* From the gravest down; the others have nothing to say yet. */
static const struct {
	const char *verdict;
	uint32_t style;
	const char *mark;
} grave[] = {
	{ "alarm", STYLE_ALARM, "!" }, { "warn", STYLE_WARN, "!" }, { "note", STYLE_NORMAL, " " },
	{ "good", STYLE_OK, " " }, { "waiting", STYLE_DIM, " " },
};
enum { GRAVE = sizeof grave / sizeof grave[0] };

/* The next finding of this verdict behind *rule, *i; NULL: no more. */
static const json_t *
next(const json_t *rules, const char *verdict, size_t *rule, size_t *i)
{
	for (; *rule < json_array_size(rules); (*rule)++, *i = 0) {
		const json_t *list = json_object_get(json_array_get(rules, *rule), "findings");

		while (*i < json_array_size(list)) {
			const json_t *x = json_array_get(list, (*i)++);

			if (strcmp(json_get_str(x, "verdict", ""), verdict) == 0)
				return x;
		}
	}
	return NULL;
}

const char *
gauge_says(const struct ui *u, const char *gauge)
{
	for (int k = 0; k < GRAVE; k++) {
		size_t rule = 0, i = 0;
		const json_t *x;

		while ((x = next(u->replica->gauge_rules, grave[k].verdict, &rule, &i)) != NULL)
			if (strcmp(json_get_str(x, "gauge", ""), gauge) == 0)
				return json_get_str(x, "text", NULL);
	}
	return NULL;
}

const char *
gauge_says_gravest(const struct ui *u, uint32_t *style)
{
	for (int k = 0; k < 2; k++) {
		size_t rule = 0, i = 0;
		const json_t *x = next(u->replica->gauge_rules, grave[k].verdict, &rule, &i);

		*style = grave[k].style;
		if (x != NULL)
			return json_get_str(x, "text", NULL);
	}
	return NULL;
}

int
gauge_says_draw(struct ui *u, struct grid *g, struct grid_rect r)
{
	int row = 0;

	for (int k = 0; k < GRAVE; k++) {
		size_t rule = 0, i = 0;
		const json_t *x;

		while (row < r.rows &&
		    (x = next(u->replica->gauge_rules, grave[k].verdict, &rule, &i)) != NULL) {
			const json_t *of = json_array_get(u->replica->gauge_rules, rule);

			grid_textf(g, r.row + row++, r.col + 1, r.cols - 1, grave[k].style,
			    "%s %-8.8s %s", grave[k].mark, json_get_str(of, "rule", ""),
			    json_get_str(x, "text", ""));
		}
	}
	return row;
}
