/* at_typed.c - AT commands that are typed by hand: watched, never touched. */
#include "console/at_typed.h"

#include <string.h>

#include "base/limits.h"
#include "console/at_job.h"

enum { DEL = 127, BACKSPACE = 8, CTRL_U = 21, CTRL_C = 3 };

/* Text at a prompt is no command, until Ctrl-Z or ESC ends it. */
static bool
at_prompt(struct at *a, char c)
{
	struct at_job *j = a->job;

	if (j == NULL || !j->typed)
		return false;
	if (a->line.len != 0 && a->line.data[0] == '>')
		j->prompt_taken = true;
	if (c == AT_CTRL_Z || c == AT_ESC) {
		j->prompt_taken = false;
		return true;
	}
	return j->prompt_taken;
}

static void
watch(struct at *a, uint64_t now)
{
	const struct slice text = slice_trim(slice_make(buf_str(&a->typing), a->typing.len));
	struct at_request r = { .command = buf_str(&a->typing) };
	struct at_job *j;

	if (a->job != NULL) {           /* a new line: what was watched before is over */
		j = a->job;
		a->job = NULL;
		at_idle(a, now);
		at_job_answer(a, j, AT_CANCELLED, -1, slice_make(NULL, 0), "typed over", now);
	}
	if (text.n < 2 || !at_table_is_at(text) || strlen(r.command) != a->typing.len)
		return;
	r.timeout = at_table_timeout(text);
	if (r.timeout < a->cfg.timeout)
		r.timeout = a->cfg.timeout;
	j = at_job_new(&r);
	j->typed = true;
	j->started = j->sent = now;
	j->from = a->offset;
	a->job = j;
	a->phase = AT_PHASE_RUN;
}

static void
typed_byte(struct at *a, char c, uint64_t now)
{
	if (at_prompt(a, c))
		return;
	if (c == '\r' || c == '\n') {
		if (a->typing.len != 0)
			watch(a, now);
		buf_clear(&a->typing);
	} else if (c == DEL || c == BACKSPACE) {
		if (a->typing.len != 0)
			a->typing.data[--a->typing.len] = '\0';
	} else if (c == CTRL_U || c == CTRL_C || c == AT_ESC) {
		buf_clear(&a->typing);
	} else if ((unsigned char)c >= 0x20 && a->typing.len < LIMIT_AT_COMMAND) {
		(void)buf_add_byte(&a->typing, c);
	}
}

void
at_typed(struct at *a, const char *p, size_t n, uint64_t now)
{
	if (a->phase != AT_PHASE_IDLE && (a->job == NULL || !a->job->typed))
		return;
	for (size_t i = 0; i < n; i++)
		typed_byte(a, p[i], now);
}
