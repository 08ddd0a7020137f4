/* at_lines.c - the AT engine's line builder: line ends, result digits, raw payloads. */
#include "console/at_lines.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "console/at_job.h"
#include "console/at_run.h"
#include "console/at_sync.h"

static struct slice
current(const struct at *a)
{
	return slice_make(buf_str(&a->line), a->line.len);
}

static struct slice
command(const struct at *a)
{
	return a->job != NULL ? at_job_command(a->job) : slice_of("");
}

/* ---- raw payloads */

/* A URC with its payload is one line; what is no text is written \xNN. */
static void
tell_raw(struct at *a)
{
	struct buf text;

	buf_init(&text, LIMIT_AT_LINE + 64);
	(void)buf_add_str(&text, buf_str(&a->raw_head));
	for (size_t i = 0; i < a->raw.len && text.len < LIMIT_AT_LINE; i++) {
		const unsigned char c = (unsigned char)a->raw.data[i];

		if (c == '\\')
			(void)buf_add_str(&text, "\\\\");
		else if (c < 0x20 || c == 0x7f)
			(void)buf_add_fmt(&text, "\\x%02x", c);
		else
			(void)buf_add_byte(&text, (char)c);
	}
	if (a->io->urc != NULL)
		a->io->urc(a->arg, buf_str(&text), text.len, a->raw_at);
	buf_fini(&text);
}

static void
raw_end(struct at *a, uint64_t now)
{
	const struct slice data = slice_make(buf_str(&a->raw), a->raw.len);

	a->tail = a->raw_quote;         /* the closing quote stands alone on its line */
	a->raw_quote = false;
	if (a->job == NULL || !at_run_raw(a, data, a->raw_from, a->raw_mine, now))
		tell_raw(a);
	buf_clear(&a->raw);
}

/* The line so far is the header of raw bytes; end as in at_table_raw. Mine: it answers the
 * command. */
static bool
raw_begin(struct at *a, char end, uint64_t now)
{
	const struct slice line = current(a);
	const uint64_t n = at_table_raw(line, end, command(a));
	struct slice whole;
	struct buf with;

	if (n == 0)
		return false;
	buf_init(&with, LIMIT_AT_LINE + 8);
	(void)buf_add(&with, line.p, line.n);
	if (end != '\n')
		(void)buf_add_byte(&with, end);
	whole = slice_make(buf_str(&with), with.len);
	a->raw_mine = at_run_header(a, whole, now);
	if (!a->raw_mine && a->job != NULL && (at_table_own(whole, command(a)) ||
	    slice_starts(line, "CONNECT "))) {
		a->raw_mine = true;
		at_job_line(a->job, whole, a->line_at, 0);
	}
	buf_clear(&a->raw_head);
	(void)buf_add(&a->raw_head, whole.p, whole.n);
	buf_fini(&with);
	a->raw_left = n;
	a->raw_at = a->line_at;
	a->raw_from = 0;
	a->raw_skip = end == '\n' || (end == ':' && slice_starts(line, "+RECEIVE,")) ? 2 : 0;
	a->raw_quote = end == '"';
	buf_clear(&a->line);
	return true;
}

/* Behind a header that is a line of its own comes its line end: at most CR LF. */
static bool
skipped(struct at *a, char c)
{
	const bool skip = a->raw_skip != 0 && ((c == '\r' && a->raw_skip == 2) || c == '\n');

	a->raw_skip = skip && c == '\r' ? 1 : 0;
	return skip;
}

static void
raw_byte(struct at *a, char c, uint64_t now)
{
	if (skipped(a, c))
		return;
	if (a->raw_from == 0)
		a->raw_from = a->offset;
	(void)buf_add_byte(&a->raw, c);         /* past its limit it is only counted */
	if (--a->raw_left == 0)
		raw_end(a, now);
}

/* ---- lines */

static void
other_line(struct at *a, struct slice line, uint64_t now)
{
	enum at_code code;
	int number;

	if (a->phase != AT_PHASE_IDLE && at_table_final(line, slice_of("AT"), &code, &number)) {
		a->verbose = AT_ECHO_ON;
		at_sync_final(a, code, now);
	} else if (at_table_urc(line) || at_table_banner(line) != AT_BANNER_NONE ||
	    at_table_head(line) != 0) {
		if (at_table_banner(line) != AT_BANNER_NONE)
			a->init_due = true;
		at_run_urc(a, line, a->line_at);
	}
}

void
at_lines_end(struct at *a, uint64_t now)
{
	const struct slice line = current(a);

	if (a->tail) {
		a->tail = false;
	} else if (a->urc_text) {
		a->urc_text = false;
		if (a->io->urc != NULL)
			a->io->urc(a->arg, line.p, line.n, a->line_at);
	} else if (line.n != 0) {
		if (a->job != NULL)
			at_run_line(a, line, now);
		else
			other_line(a, line, now);
	}
	buf_clear(&a->line);
	a->cut = false;
}

/* A digit and CR: in ATV0 that is a result, in ATV1 LF follows and it is text. */
static bool
may_be_result(const struct at *a)
{
	enum at_code code;

	if (a->tail || a->urc_text || a->verbose == AT_ECHO_ON ||
	    (a->job == NULL && a->phase == AT_PHASE_IDLE))
		return false;
	return at_table_numeric(current(a), a->job != NULL ? command(a) : slice_of("AT"), &code);
}

void
at_lines_held(struct at *a, uint64_t now)
{
	const struct slice line = current(a);
	enum at_code code;

	a->held = false;
	a->verbose = AT_ECHO_OFF;
	if (a->job != NULL)
		at_run_numeric(a, line, now);
	else if (at_table_numeric(line, slice_of("AT"), &code))
		at_sync_final(a, code, now);
	buf_clear(&a->line);
}

uint64_t
at_lines_deadline(const struct at *a)
{
	if (!a->held)
		return UINT64_MAX;
	return a->last_byte + (a->verbose == AT_ECHO_OFF ? AT_PARTIAL_WAIT : AT_NUMERIC_WAIT);
}

/* The line has its end; what comes next may be raw, behind `skip` more bytes of line end. */
static void
line_end(struct at *a, unsigned char skip, uint64_t now)
{
	if (a->line.len != 0 && !a->tail && !a->urc_text && raw_begin(a, '\n', now))
		a->raw_skip = skip;
	else
		at_lines_end(a, now);
}

static void
carriage_return(struct at *a, uint64_t now)
{
	const bool again = a->after_cr && a->line.len == 0;

	a->after_cr = true;
	if (again)
		return;
	if (may_be_result(a))
		a->held = true;
	else
		line_end(a, 1, now);
}

static void
line_feed(struct at *a, uint64_t now)
{
	if (!a->after_cr)
		line_end(a, 0, now);
	a->after_cr = false;
}

static void
add_byte(struct at *a, char c, uint64_t now)
{
	a->after_cr = false;
	if (a->line.len == 0)
		a->line_at = a->offset;
	if ((c == ':' || c == ',' || c == '"') && a->line.len > 5 && !a->tail && !a->urc_text &&
	    raw_begin(a, c, now))
		return;
	if (a->line.len < LIMIT_AT_LINE)        /* the rest of a longer line is dropped */
		(void)buf_add_byte(&a->line, c);
	else
		a->cut = true;
}

void
at_lines_byte(struct at *a, char c, uint64_t now)
{
	if (a->raw_left != 0) {
		raw_byte(a, c, now);
		return;
	}
	if (a->held) {
		if (c == '\n') {        /* ATV1 after all: a line of text */
			a->held = false;
			a->after_cr = false;
			at_lines_end(a, now);
			return;
		}
		if (c != '\0')
			at_lines_held(a, now);
	}
	if (c == '\r' || c == a->s3)
		carriage_return(a, now);
	else if (c == '\n' || c == a->s4)
		line_feed(a, now);
	else if (c != '\0')
		add_byte(a, c, now);
}

void
at_lines_reset(struct at *a)
{
	buf_clear(&a->line);
	buf_clear(&a->raw);
	a->raw_left = 0;
	a->held = a->after_cr = a->tail = a->urc_text = a->cut = a->raw_quote = false;
}
