/* ui_state.c - questions about what is shown, and the message row. */
#include "ui/ui_state.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"

#define MESSAGE_NS (6 * NS_PER_S)

struct replica_console *
ui_console(const struct ui *u)
{
	const struct replica *r = u->replica;

	for (size_t i = 0; i < r->consoles; i++)
		if (r->console[i]->id == u->console)
			return r->console[i];
	return r->consoles != 0 ? r->console[0] : NULL;
}

struct replica_job *
ui_job(const struct ui *u)
{
	struct replica_job *j = replica_job(u->replica, u->job);

	if (j == NULL && u->replica->jobs != 0)
		j = u->replica->job[u->replica->jobs - 1];
	return j;
}

bool
ui_live(const struct ui *u)
{
	if (u->overlay != NULL)
		return false;
	if (u->focus == PANE_JOBS)
		return u->terminal && ui_job(u) != NULL;
	return u->focus == PANE_CONSOLE && !u->nav && u->replica->consoles != 0;
}

const char *
ui_target(const struct ui *u)
{
	const struct replica *r = u->replica;

	return r->target != NULL && r->target[0] != '\0' ? r->target : r->bench != NULL ? r->bench :
	    "bench";
}

const char *
ui_mode(const struct ui *u)
{
	const struct replica_console *c = ui_console(u);

	if (u->focus == PANE_CONSOLE && c != NULL && c->state == CONSOLE_LOST)
		return "LOST";
	if (u->observe)
		return "VIEW";
	return ui_live(u) ? "LIVE" : "NAV";
}

enum grid_set
ui_set(const struct ui *u, bool focus)
{
	if (u->set == GRID_ASCII)
		return focus ? GRID_ASCII_FOCUS : GRID_ASCII;
	return focus ? GRID_UNICODE_FOCUS : GRID_UNICODE;
}

double
ui_gauge_limit(const struct replica_gauge *g)
{
	if (isnan(g->warn) || isnan(g->crit))
		return isnan(g->warn) ? g->crit : g->warn;
	return (g->warn < g->crit) != g->below ? g->warn : g->crit;
}

bool
ui_gauge_alarm(const struct replica_gauge *g)
{
	const double v = replica_value(g), limit = ui_gauge_limit(g);

	return isfinite(v) && isfinite(limit) && limit > 0 &&
	    (g->below ? v <= limit : v >= limit);
}

void
ui_say(struct ui *u, enum ui_level level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(u->message, sizeof u->message, fmt, ap);
	va_end(ap);
	u->level = level;
	u->message_until = u->mono + MESSAGE_NS;
}

void
ui_say_err(struct ui *u, const struct err_msg *why)
{
	char text[512];

	err_format(why, text, sizeof text);
	ui_say(u, UI_ERROR, "%s", text);
}

void
ui_remember(struct ui *u, const char *line)
{
	if (u->histories != 0 && strcmp(u->history[u->histories - 1], line) == 0)
		return;
	if (u->histories == UI_HISTORY) {
		mem_free(u->history[0]);
		u->histories--;
		memmove(u->history, u->history + 1, u->histories * sizeof *u->history);
	}
	u->history[u->histories++] = mem_str(line);
}

void
ui_run_line(struct ui *u, const char *line)
{
	u->top->run_line(u, line);
}
