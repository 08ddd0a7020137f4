/* at_run.c - the AT command in flight: echo, answer, news, prompt, and its end. */
#include "console/at_run.h"

#include <ctype.h>
#include <string.h>

#include "base/limits.h"
#include "console/at_job.h"
#include "console/at_lines.h"
#include "console/at_sync.h"

static struct slice
none(void)
{
	return slice_make(NULL, 0);
}

/* ---- the end */

/* A line that set echo, line end or the form of results has been accepted. */
static void
learn_settings(struct at *a, struct slice command)
{
	unsigned v;

	if (at_table_basic(command, "E", &v)) {
		a->echo = v != 0 ? AT_ECHO_ON : AT_ECHO_OFF;
		a->echo_off = v == 0;
	}
	if (at_table_basic(command, "S3", &v) && a->cfg.eol[0] == a->s3_old)
		a->cfg.eol[0] = (char)v;
	a->s3_old = a->s3;
	a->s4_old = a->s4;
}

static void
forget_settings(struct at *a, enum at_code code)
{
	a->s3 = a->s3_old;
	a->s4 = a->s4_old;
	if (code != AT_RESTARTED)
		return;
	a->echo = a->quiet = a->verbose = AT_ECHO_UNKNOWN;
	a->echo_off = false;
	a->init_due = true;
}

void
at_run_finish(struct at *a, enum at_code code, int number, struct slice final, const char *why,
    uint64_t now)
{
	struct at_job *j = a->job;
	const bool speaks_at = at_table_is_at(at_job_command(j));
	const bool open_end = code == AT_TIMEOUT || code == AT_CANCELLED || code == AT_PROMPT ||
	    (code == AT_OK && j->matched && !j->good_seen && speaks_at);

	a->job = NULL;
	a->in_prompt = j->r.prompt != NULL || (a->line.len != 0 && a->line.data[0] == '>');
	if (j->prompt_taken && code != AT_TIMEOUT)
		a->in_prompt = false;
	if (open_end && !j->typed)
		at_sync_begin(a, 1, speaks_at, now);
	else
		at_idle(a, now);
	if (at_code_good(code))
		learn_settings(a, at_job_command(j));
	else
		forget_settings(a, code);
	at_job_answer(a, j, code, number, final, why, now);
}

/* ---- echo */

/* The command comes back as a line of its own, perhaps behind an unended line that stood there. */
static bool
is_echo(const struct at *a, struct slice line)
{
	const struct at_job *j = a->job;
	const size_t n = strlen(j->r.command);

	if (j->echo_seen || line.n < n || memcmp(line.p + line.n - n, j->r.command, n) != 0)
		return false;
	return line.n == n || line.n - n == j->partial_at_send;
}

/* An echo that lost bytes (echo switched off half-way, a wire that dropped some): the first line,
 * most of the command in order, with its start or its tail behind AT whole. */
static bool
is_half_echo(const struct at *a, struct slice line)
{
	const struct at_job *j = a->job;
	const struct slice c = at_job_command(j);
	size_t k = 0;

	if (j->echo_seen || j->count != 0 || line.n >= c.n || line.n * 2 < c.n ||
	    at_table_head(line) != 0)
		return false;
	for (size_t i = 0; i < c.n && k < line.n; i++)
		k += c.p[i] == line.p[k];
	if (k != line.n)
		return false;
	return line.p[0] == c.p[0] ||
	    (c.n - line.n <= 2 && memcmp(c.p + c.n - line.n, line.p, line.n) == 0);
}

static bool
is_eol(char c)
{
	return c == '\r' || c == '\n';
}

/* The next line of the payload that has not come back yet. */
static struct slice
next_payload_line(const struct at_job *j)
{
	const char *p = j->r.payload;
	size_t at = j->payload_at, end;

	while (at < j->r.payload_n && is_eol(p[at]))
		at++;
	for (end = at; end < j->r.payload_n && !is_eol(p[end]); end++)
		;
	return slice_make(p + at, end - at);
}

/* Terminals echo what is typed at a prompt: those lines are ours, even when they read "OK". */
static bool
is_payload_echo(struct at_job *j, struct slice line)
{
	struct slice mine;

	if (!j->prompt_taken || j->r.payload == NULL || j->r.payload_raw)
		return false;
	while (slice_starts(line, "> "))
		line = slice_skip(line, 2);
	while (line.n != 0 && line.p[line.n - 1] == AT_CTRL_Z)
		line.n--;
	if (line.n == 0)
		return true;            /* a prompt again, for each line of the text (Telit) */
	mine = next_payload_line(j);
	if (mine.n == 0 || !slice_eq(line, mine))
		return false;
	j->payload_at = (size_t)(mine.p - (const char *)j->r.payload) + mine.n;
	return true;
}

static void
take_echo(struct at *a)
{
	struct at_job *j = a->job;

	j->echo_seen = a->proved = true;
	a->echo = AT_ECHO_ON;
	if (a->echo_off && !j->typed) {
		a->echo_off = false;
		a->init_due = true;
		j->note = "its echo is back: the device has restarted since ATE0";
	}
}

/* ---- what is waited for */

static bool
holds(struct slice line, const char *text)
{
	return text != NULL && slice_find(line, slice_of(text)) >= 0;
}

static bool
expects(const struct at_job *j)
{
	return j->r.expect != NULL || j->r.match != NULL;
}

static bool
wanted(const struct at_job *j, struct slice line)
{
	if (j->matched || !expects(j))
		return false;
	return holds(line, j->r.expect) ||
	    (j->r.match != NULL && j->r.match(j->r.arg, line.p, line.n));
}

/* The line came. Its OK may be there already, may follow, or the device may give none. */
static void
take_match(struct at *a, struct slice line, uint64_t offset, unsigned flags, uint64_t now)
{
	struct at_job *j = a->job;

	at_job_line(j, line, offset, flags);
	j->matched = true;
	j->match_line = j->count - 1;
	if (j->good_seen || !at_table_is_at(at_job_command(j)))
		at_run_finish(a, AT_OK, -1, line, NULL, now);
}

bool
at_run_raw(struct at *a, struct slice data, uint64_t offset, bool mine, uint64_t now)
{
	if (wanted(a->job, data))
		take_match(a, data, offset, AT_LINE_RAW, now);
	else if (mine)
		at_job_line(a->job, data, offset, AT_LINE_RAW);
	else
		return false;
	return true;
}

bool
at_run_header(struct at *a, struct slice line, uint64_t now)
{
	if (a->job == NULL || !wanted(a->job, line))
		return false;
	take_match(a, line, a->line_at, 0, now);
	return a->job != NULL;
}

/* One of "a|b|c*": a star at the end takes any rest. */
static bool
listed(struct slice line, const char *list)
{
	struct slice rest = slice_of(list);

	while (rest.n != 0) {
		struct slice w = slice_cut(rest, '|', &rest);

		if (w.n > 1 && w.p[w.n - 1] == '*' ? line.n >= w.n - 1 &&
		    memcmp(line.p, w.p, w.n - 1) == 0 : slice_eq(line, w))
			return true;
	}
	return false;
}

static bool
is_final(const struct at_job *j, struct slice line, enum at_code *code, int *number)
{
	*number = -1;
	*code = AT_OK;
	if (listed(line, j->r.good))
		return true;
	*code = AT_ERROR;
	return listed(line, j->r.bad) ||
	    at_table_final(line, at_job_command(j), code, number);
}

/* A final code ends the command, unless it waits for its expect or its prompt. */
static void
final(struct at *a, struct slice line, enum at_code code, int number, uint64_t now)
{
	struct at_job *j = a->job;

	if (a->unsure && !a->proved)
		return;                 /* the lost command's, or a marker's, come late */
	a->dead = false;
	a->quiet = AT_ECHO_OFF;
	if (at_code_good(code) && j->r.prompt != NULL && !j->prompt_taken)
		return;
	if (at_code_good(code) && expects(j) && !j->matched)
		j->good_seen = true;
	else {
		j->good_seen = true;
		at_run_finish(a, code, number, line,
		    at_code_good(code) ? NULL : "the device refused it", now);
	}
}

void
at_run_numeric(struct at *a, struct slice line, uint64_t now)
{
	enum at_code code;

	if (at_table_numeric(line, at_job_command(a->job), &code))
		final(a, line, code, -1, now);
}

/* ---- lines */

void
at_run_urc(struct at *a, struct slice line, uint64_t offset)
{
	a->urc_text = at_table_two_lines(line);
	if (a->io->urc != NULL)
		a->io->urc(a->arg, line.p, line.n, offset);
}

static bool
is_news(const struct at_job *j, struct slice line)
{
	const struct slice command = at_job_command(j);

	if (j->r.prefix != NULL && slice_starts(line, j->r.prefix))
		return false;
	if (at_table_own(line, command))
		return false;
	return at_table_urc(line) || ((at_table_extended(command) || at_table_terse(command)) &&
	    at_table_head(line) != 0);
}

static bool
waits_at_prompt(const struct at *a, struct slice line)
{
	const struct at_job *j = a->job;

	line = slice_trim(line);
	return j != NULL && j->r.prompt != NULL && !j->prompt_taken && line.n != 0 &&
	    slice_is(line, j->r.prompt);
}

static void
take_prompt(struct at *a, uint64_t now)
{
	static const char end = AT_CTRL_Z;
	struct at_job *j = a->job;
	bool good = true;

	j->prompt_taken = true;
	j->sent = 0;
	j->started = j->started == 0 ? now : j->started;
	buf_clear(&a->line);
	if (j->r.payload_n != 0)
		good = a->io->write(a->arg, j->r.payload, j->r.payload_n);
	if (good && !j->r.payload_raw)
		good = a->io->write(a->arg, &end, 1);
	if (!good)
		at_wire_gone(a, now);
}

static void
text_line(struct at *a, struct slice line)
{
	struct at_job *j = a->job;

	if (!j->echo_seen)
		a->echo = AT_ECHO_OFF;
	at_job_line(j, line, a->line_at, a->cut ? AT_LINE_CUT : 0);
}

/* Begun after we sent, and no word of the answer. */
static bool
restarts(struct at *a, struct slice line, uint64_t now)
{
	const enum at_banner b = at_table_banner(line);

	if (b == AT_BANNER_NONE || a->line_at < a->job->from)
		return false;
	at_run_finish(a, AT_RESTARTED, -1, line, b == AT_BANNER_LOADER
	    ? "the device went into its bootloader" : "the device restarted", now);
	return true;
}

void
at_run_line(struct at *a, struct slice line, uint64_t now)
{
	struct at_job *j = a->job;
	enum at_code code;
	int number;

	a->proved |= at_table_own(line, at_job_command(j));
	if (is_echo(a, line)) {
		take_echo(a);
	} else if (is_payload_echo(j, line)) {
		return;
	} else if (is_half_echo(a, line)) {
		j->echo_seen = true;
	} else if (waits_at_prompt(a, line)) {
		take_prompt(a, now);            /* DOWNLOAD, CONNECT: a whole line that asks */
	} else if (wanted(j, line)) {
		take_match(a, line, a->line_at, a->cut ? AT_LINE_CUT : 0, now);
	} else if (restarts(a, line, now)) {
		return;
	} else if (is_final(j, line, &code, &number)) {
		a->verbose = AT_ECHO_ON;
		final(a, line, code, number, now);
	} else if (is_news(j, line)) {
		at_run_urc(a, line, a->line_at);
	} else {
		text_line(a, line);
	}
}

/* ---- time */

static bool
partial_expected(const struct at *a)
{
	return a->job != NULL && a->line.len != 0 && !a->tail && !a->held &&
	    wanted(a->job, slice_make(a->line.data, a->line.len));
}

/* A prompt that nobody is ready for: the whole unended line is "> ". */
static bool
stray_prompt(const struct at *a)
{
	const struct at_job *j = a->job;
	const struct slice line = slice_make(buf_str(&a->line), a->line.len);

	return !j->typed && j->r.prompt == NULL && !expects(j) && j->r.idle == 0 &&
	    (slice_is(line, "> ") || slice_is(line, ">"));
}

/* How long silence may last before something is to be decided; 0: only the deadline counts. */
static uint64_t
silence(const struct at *a)
{
	const struct at_job *j = a->job;
	const struct slice line = slice_make(buf_str(&a->line), a->line.len);

	if (waits_at_prompt(a, line) || partial_expected(a))
		return AT_PARTIAL_WAIT;
	if (stray_prompt(a))
		return AT_PROMPT_WAIT;
	if (j->matched)
		return AT_EXPECT_WAIT;
	if (j->r.idle != 0 && (a->line.len != 0 || j->count != 0))
		return j->r.idle;
	if (a->quiet == AT_ECHO_ON)
		return AT_QUIET_RESULT;
	return j->r.silence;
}

uint64_t
at_run_deadline(const struct at *a)
{
	const struct at_job *j = a->job;
	const uint64_t quiet = silence(a);
	uint64_t at = j->sent != 0 ? j->sent + j->r.timeout
	    : j->started + j->r.timeout + AT_SEND_GUARD, from = a->last_byte;

	if (from < j->sent)
		from = j->sent;
	if (quiet != 0 && j->sent != 0 && from + quiet < at)
		at = from + quiet;
	return at;
}

/* A device that ends no line (HM-10): what came until the silence is the answer. */
static void
idle_answer(struct at *a, uint64_t now)
{
	struct at_job *j = a->job;

	if (a->line.len != 0)
		at_lines_end(a, now);
	if (a->job != j)
		return;
	if (j->count != 0 && listed(slice_make(j->lines[0].text, j->lines[0].n), "ERROR*|FAIL*"))
		at_run_finish(a, AT_ERROR, -1, slice_make(j->lines[0].text, j->lines[0].n),
		    "the device refused it", now);
	else
		at_run_finish(a, AT_OK, -1, none(), NULL, now);
}

static void
overdue(struct at *a, uint64_t now)
{
	const struct at_job *j = a->job;

	if (j->sent == 0)
		at_run_finish(a, AT_TIMEOUT, -1, none(), "the port did not take the bytes", now);
	else if (j->good_seen)
		at_run_finish(a, AT_TIMEOUT, -1, none(), "what was expected did not come", now);
	else
		at_run_finish(a, AT_TIMEOUT, -1, none(), "no final answer came in time", now);
}

static void
leave_prompt(struct at *a, struct slice line, uint64_t now)
{
	at_run_finish(a, AT_PROMPT, -1, line, "it asks for data and none was given", now);
	a->in_prompt = false;
}

/* The silence after which at_run_deadline asked to be called. */
static void
silent(struct at *a, uint64_t now)
{
	struct at_job *j = a->job;
	const struct slice line = slice_make(buf_str(&a->line), a->line.len);

	if (waits_at_prompt(a, line)) {
		take_prompt(a, now);
	} else if (partial_expected(a)) {
		a->tail = true;
		take_match(a, line, a->line_at, 0, now);
	} else if (stray_prompt(a)) {
		/* Silent for long enough: leave it at once, the wire may be closed next. */
		if (a->io->write(a->arg, "\x1b", 1))
			leave_prompt(a, line, now);
		else
			at_wire_gone(a, now);
	} else if (j->matched) {
		at_run_finish(a, AT_OK, -1, slice_make(j->lines[j->match_line].text,
		    j->lines[j->match_line].n), NULL, now);
	} else if (j->r.idle != 0) {
		idle_answer(a, now);
	} else if (a->quiet == AT_ECHO_ON) {
		j->note = "the device gives no results (ATQ1)";
		at_run_finish(a, AT_OK, -1, none(), NULL, now);
	} else {
		overdue(a, now);
	}
}

void
at_run_tick(struct at *a, uint64_t now)
{
	const struct at_job *j = a->job;
	const uint64_t end = j->sent != 0 ? j->sent + j->r.timeout
	    : j->started + j->r.timeout + AT_SEND_GUARD;

	if (at_lines_deadline(a) <= now)
		at_lines_held(a, now);
	else if (silence(a) != 0 && now < end)
		silent(a, now);
	else
		overdue(a, now);
}
