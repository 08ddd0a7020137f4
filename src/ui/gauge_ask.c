/* gauge_ask.c - questions of the board pane, one of a kind at a time. */
#include "ui/gauge_ask.h"

#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"

/* A bench that does not answer is asked again. */
static const uint64_t PATIENCE = 30 * NS_PER_S;

void
gauge_ask(struct ui *u, enum gauge_question q, const char *line, uint64_t every)
{
	struct gauge_asked *a = &u->gauges->ask[q];
	const bool same = a->line != NULL && strcmp(a->line, line) == 0;

	if ((u->gauges->paused && q != GAUGE_ASK_HISTORY) ||
	    (a->out && u->mono - a->at < PATIENCE) ||
	    (same && a->at != 0 && u->mono - a->at < every))
		return;
	if (!same) {
		mem_free(a->line);
		a->line = mem_str(line);
	}
	a->at = u->mono != 0 ? u->mono : 1;
	a->out = true;
	u->ops->command(u->arg, line);
}

void
gauge_ask_again(struct ui *u, enum gauge_question q)
{
	u->gauges->ask[q].at = 0;
}

const json_t *
gauge_answer(const struct ui *u, enum gauge_question q, const char **why)
{
	const struct gauge_asked *a = &u->gauges->ask[q];

	*why = a->why;
	return a->answer;
}

bool
gauge_ask_answer(struct ui *u, const char *line, const json_t *result, const struct err_msg *err)
{
	for (int i = 0; i < GAUGE_QUESTIONS; i++) {
		struct gauge_asked *a = &u->gauges->ask[i];

		if (!a->out || strcmp(a->line, line) != 0)
			continue;
		a->out = false;
		mem_free(a->why);
		a->why = err != NULL ? mem_str(err->why) : NULL;
		if (err == NULL) {
			json_decref(a->answer);
			a->answer = json_deep_copy(result);
			a->answers++;
		}
		return true;
	}
	return false;
}

void
gauge_ask_fini(struct gauge_view *v)
{
	for (int i = 0; i < GAUGE_QUESTIONS; i++) {
		mem_free(v->ask[i].line);
		mem_free(v->ask[i].why);
		json_decref(v->ask[i].answer);
	}
}
