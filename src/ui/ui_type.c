/* ui_type.c - bytes to a stream and from it. */
#include "ui/ui_type.h"

#include <string.h>

#include "ui/holds.h"
#include "ui/ui_streams.h"

static struct replica_stream *
live_stream(struct ui *u)
{
	struct replica_console *c = ui_console(u);
	struct replica_job *j = ui_job(u);

	if (u->focus == PANE_JOBS)
		return u->terminal && j != NULL ? &j->stream : NULL;
	return c != NULL ? &c->stream : NULL;
}

static void
say_not_open(struct ui *u, const struct replica_console *c)
{
	const char *name = c->device != NULL ? c->device : c->name;

	if (c->lent_to != NULL)
		ui_say(u, UI_WARN, "%s is lent to %s: typed keys are not sent and not kept", name,
		    c->lent_to);
	else
		ui_say(u, UI_WARN, "%s is not open: typed keys are not sent and not kept", name);
}

void
ui_bytes(struct ui *u, const struct replica_stream *s)
{
	struct streamview *v = ui_find_view(u, s);

	if (v != NULL)
		streamview_update(v);
	holds_apply(u);
}

/* What was typed, shown here alone: the board's offsets stay what they are. */
static void
echo(struct ui *u, struct replica_stream *s, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		replica_echo(s, p[i] == '\r' ? "\r\n" : p + i, p[i] == '\r' ? 2 : 1);
	ui_bytes(u, s);
}

static bool
is_arrow(const char *p, size_t n)
{
	return n == 3 && p[0] == '\033' && p[1] == '[' && p[2] >= 'A' && p[2] <= 'D';
}

void
ui_type(struct ui *u, const char *p, size_t n)
{
	struct replica_console *c = ui_console(u);
	struct replica_stream *s = live_stream(u);
	struct streamview *v = s != NULL ? ui_find_view(u, s) : NULL;

	if (s == NULL || n == 0)
		return;
	if (u->observe) {
		ui_say(u, UI_WARN, "observing only: keys are not sent");
		return;
	}
	if (u->focus == PANE_CONSOLE && c->state != CONSOLE_OPEN) {
		say_not_open(u, c);
		return;
	}
	if (v != NULL && is_arrow(p, n) && streamview_app_cursor(v)) {
		const char app[3] = { '\033', 'O', p[2] };

		u->ops->input(u->arg, s->id, app, 3);
		return;
	}
	u->typed = u->mono;
	u->ops->input(u->arg, s->id, p, n);
	if (u->echo && u->focus == PANE_CONSOLE)
		echo(u, s, p, n);
}
