/* at.c - the AT engine: line builder, one command in flight, prompt and payload, resync. */
#include "console/at.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"

#define SEND_GUARD   (10 * NS_PER_S)    /* besides the time-out: the wire may refuse bytes */
#define PARTIAL_WAIT (30 * NS_PER_MS)   /* an unended line is a prompt when nothing more comes */
#define QUIET_WAIT   (100 * NS_PER_MS)
#define QUIET_MAX    (2 * NS_PER_S)     /* a board that never stops talking is asked all the same */
#define MARK_WAIT    NS_PER_S

enum { MARK_TRIES = 3, MARKERS_MAX = 8, UNKNOWN_FINALS = 1000, CTRL_Z = 26, ESC = 27 };

struct at_job {
	struct list node;
	struct at_request r;            /* its texts are copies, owned */
	uint64_t started, sent;         /* sent 0: bytes still wait */
	uint64_t from;
	bool echo_seen, other_seen, prompt_taken;
	size_t partial_at_send;         /* bytes of an unended line in front of a possible echo */
	size_t payload_at;              /* echo of the payload has been seen up to here */
	struct at_line *lines;
	size_t count, cap, dropped;
};

static void pump(struct at *a, uint64_t now);

/* ---- jobs */

static struct slice
command_of(const struct at_job *j)
{
	return slice_of(j->r.command);
}

static struct at_job *
job_new(const struct at_request *r)
{
	struct at_job *j = mem_zero(1, sizeof *j);

	j->r = *r;
	j->r.command = mem_str(r->command);
	j->r.expect = mem_str(r->expect);
	j->r.prefix = mem_str(r->prefix);
	j->r.prompt = mem_str(r->prompt);
	j->r.payload = r->payload_n != 0 ? mem_dup(r->payload, r->payload_n) : NULL;
	list_init(&j->node);
	return j;
}

static void
job_free(struct at_job *j)
{
	for (size_t i = 0; i < j->count; i++)
		mem_free(j->lines[i].text);
	mem_free(j->lines);
	mem_free((char *)(uintptr_t)j->r.command);
	mem_free((char *)(uintptr_t)j->r.expect);
	mem_free((char *)(uintptr_t)j->r.prefix);
	mem_free((char *)(uintptr_t)j->r.prompt);
	mem_free((void *)(uintptr_t)j->r.payload);
	mem_free(j);
}

static void
job_add_line(struct at_job *j, struct slice text, uint64_t offset)
{
	if (j->count == LIMIT_AT_LINES) {
		j->dropped++;
		return;
	}
	if (j->count == j->cap) {
		j->cap = j->cap == 0 ? 8 : j->cap * 2;
		j->lines = mem_resize(j->lines, j->cap, sizeof *j->lines);
	}
	j->lines[j->count++] = (struct at_line){ mem_strn(text.p, text.n), text.n, offset };
}

static void
answer(struct at *a, struct at_job *j, enum at_code code, int number, struct slice final,
    const char *why, uint64_t now)
{
	char *text = mem_strn(final.p != NULL ? final.p : "", final.n);
	const struct at_result r = {
		.code = code, .number = number, .command = j->r.command, .final = text,
		.lines = j->lines, .line_count = j->count, .dropped = j->dropped, .from = j->from,
		.to = a->offset,
		.ns = j->started != 0 && now > j->started ? now - j->started : 0,
		.why = why != NULL ? why : "",
	};

	if (j->r.done != NULL)
		j->r.done(j->r.arg, &r);
	mem_free(text);
	job_free(j);
}

static void
fail_queue(struct at *a, enum at_code code, const char *why, uint64_t now)
{
	struct list mine;               /* what `done` asks for anew is not failed with the rest */

	list_init(&mine);
	while (!list_empty(&a->queue)) {
		struct list *n = a->queue.next;

		list_del(n);
		list_add_tail(&mine, n);
	}
	a->queued = 0;
	while (!list_empty(&mine)) {
		struct at_job *j = LIST_ENTRY(mine.next, struct at_job, node);

		list_del(&j->node);
		answer(a, j, code, -1, slice_make(NULL, 0), why, now);
	}
}

/* ---- resync */

static void
resync(struct at *a, unsigned lost_finals, bool mark, uint64_t now)
{
	a->phase = AT_PHASE_QUIET;
	a->asked = now;
	a->until = now + QUIET_WAIT;
	a->quiet_end = now + QUIET_MAX;
	a->markers = a->finals = a->tries = 0;
	a->lost_finals = lost_finals;
	a->marker_ok = false;
	a->mark = mark;
	a->raw_left = 0;                /* a false +IPD header must not hide answers for ever */
	a->urc_text = false;
}

static void
idle(struct at *a, uint64_t now)
{
	a->phase = AT_PHASE_IDLE;
	a->idle_since = now;
	a->in_prompt = false;
}

static void
wire_gone(struct at *a, uint64_t now)
{
	at_lost(a, "the port is gone", now);
}

static void
send_marker(struct at *a, uint64_t now)
{
	char text[8];
	const int n = snprintf(text, sizeof text, "%sAT%s", a->in_prompt ? "\x1b" : "", a->cfg.eol);

	a->in_prompt = false;
	a->markers++;
	a->phase = AT_PHASE_MARK;
	a->until = now + MARK_WAIT;
	if (!a->io->write(a->arg, text, (size_t)n))
		wire_gone(a, now);
}

static void
resync_final(struct at *a, enum at_code code, uint64_t now)
{
	if (a->phase == AT_PHASE_QUIET) {       /* the late answer itself: it is accounted for */
		if (a->lost_finals != 0)
			a->lost_finals--;
		return;
	}
	a->finals++;
	a->marker_ok |= code == AT_OK;
	if (a->marker_ok && a->finals >= a->markers + a->lost_finals) {
		a->dead = false;        /* every answer that can come has come */
		idle(a, now);
		return;
	}
	/* It may be the lost command's answer: another marker tells, for answers come in order. */
	if (a->markers < 2 || (code != AT_OK && a->markers < MARKERS_MAX)) {
		send_marker(a, now);
		return;
	}
	a->phase = AT_PHASE_SETTLE;
	a->until = now + QUIET_WAIT;
}

static void
no_modem(struct at *a, uint64_t now)
{
	a->dead = true;
	idle(a, now);
	fail_queue(a, AT_TIMEOUT, "no modem answers at this speed", now);
}

static void
resync_tick(struct at *a, uint64_t now)
{
	switch (a->phase) {
	case AT_PHASE_QUIET:
		if (a->mark)
			send_marker(a, now);
		else
			idle(a, now);
		break;
	case AT_PHASE_MARK:
		if (++a->tries >= MARK_TRIES)
			no_modem(a, now);
		else
			send_marker(a, now);
		break;
	case AT_PHASE_SETTLE:
		a->dead = false;
		idle(a, now);
		break;
	case AT_PHASE_IDLE:
	case AT_PHASE_RUN:
		break;
	}
}

/* ---- the command in flight */

static void
finish(struct at *a, enum at_code code, int number, struct slice final, const char *why,
    uint64_t now)
{
	struct at_job *j = a->job;
	const bool speaks_at = at_table_is_at(command_of(j));

	a->job = NULL;
	a->in_prompt = j->r.prompt != NULL || (a->line.len != 0 && a->line.data[0] == '>');
	if (j->prompt_taken && code != AT_TIMEOUT)
		a->in_prompt = false;
	if (code == AT_TIMEOUT || code == AT_CANCELLED)
		resync(a, 1, speaks_at, now);
	else
		idle(a, now);
	if (code == AT_RESTARTED)
		a->echo = AT_ECHO_UNKNOWN;
	answer(a, j, code, number, final, why, now);
}

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
	while (line.n != 0 && line.p[line.n - 1] == CTRL_Z)
		line.n--;
	mine = next_payload_line(j);
	if (mine.n == 0 || !slice_eq(line, mine))
		return false;
	j->payload_at = (size_t)(mine.p - (const char *)j->r.payload) + mine.n;
	return true;
}

static bool
holds(struct slice line, const char *text)
{
	return text != NULL && slice_find(line, slice_of(text)) >= 0;
}

static void
report_urc(struct at *a, struct slice line, uint64_t offset)
{
	a->urc_text = at_table_two_lines(line);
	if (a->io->urc != NULL)
		a->io->urc(a->arg, line.p, line.n, offset);
}

/* A final code ends the command, unless it waits for its expect or its prompt. */
static bool
take_final(struct at *a, struct slice line, uint64_t now)
{
	struct at_job *j = a->job;
	enum at_code code;
	int number;

	if (!at_table_final(line, command_of(j), &code, &number))
		return false;
	if (at_code_good(code) && (j->r.expect != NULL ||
	    (j->r.prompt != NULL && !j->prompt_taken)))
		return true;
	if (a->unsure && !a->proved)
		return true;            /* the lost command's, or a marker's, come late */
	a->dead = false;
	finish(a, code, number, line, at_code_good(code) ? NULL : "the device refused it", now);
	return true;
}

static bool
is_news(const struct at_job *j, struct slice line)
{
	const struct slice command = command_of(j);

	if (j->r.prefix != NULL && slice_starts(line, j->r.prefix))
		return false;
	if (at_table_own(line, command))
		return false;
	return at_table_urc(line) || (at_table_extended(command) && at_table_head(line) != 0);
}

static void
run_line(struct at *a, struct slice line, uint64_t now)
{
	struct at_job *j = a->job;

	a->proved |= at_table_own(line, command_of(j));
	if (is_echo(a, line)) {
		j->echo_seen = a->proved = true;
		a->echo = AT_ECHO_ON;
	} else if (is_payload_echo(j, line)) {
		return;
	} else if (holds(line, j->r.expect)) {
		job_add_line(j, line, a->line_at);
		finish(a, AT_OK, -1, line, NULL, now);
	} else if (at_table_banner(line) && a->line_at >= j->from) {     /* begun after we sent */
		finish(a, AT_RESTARTED, -1, line, "the device restarted", now);
	} else if (take_final(a, line, now)) {
		return;
	} else if (is_news(j, line)) {
		report_urc(a, line, a->line_at);
	} else {
		if (!j->echo_seen)
			a->echo = AT_ECHO_OFF;
		job_add_line(j, line, a->line_at);
	}
}

static void
other_line(struct at *a, struct slice line, uint64_t now)
{
	enum at_code code;
	int number;

	if (a->phase != AT_PHASE_IDLE && at_table_final(line, slice_of("AT"), &code, &number))
		resync_final(a, code, now);
	else if (at_table_urc(line) || at_table_banner(line) || at_table_head(line) != 0)
		report_urc(a, line, a->line_at);
}

static void
take_prompt(struct at *a, uint64_t now)
{
	static const char end = CTRL_Z;
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
		wire_gone(a, now);
}

static bool
waits_at_prompt(const struct at *a)
{
	const struct at_job *j = a->job;
	struct slice line = slice_trim(slice_make(a->line.data, a->line.len));

	return j != NULL && j->r.prompt != NULL && !j->prompt_taken && line.n != 0 &&
	    slice_is(line, j->r.prompt);
}

static bool
partial_expected(const struct at *a)
{
	return a->job != NULL && a->line.len != 0 && !a->tail &&
	    holds(slice_make(a->line.data, a->line.len), a->job->r.expect);
}

static uint64_t
job_deadline(const struct at *a)
{
	const struct at_job *j = a->job;
	uint64_t at = j->sent != 0 ? j->sent + j->r.timeout
	    : j->started + j->r.timeout + SEND_GUARD;

	if ((waits_at_prompt(a) || partial_expected(a)) && a->last_byte + PARTIAL_WAIT < at)
		at = a->last_byte + PARTIAL_WAIT;
	return at;
}

static void
run_tick(struct at *a, uint64_t now)
{
	const bool still = now >= a->last_byte + PARTIAL_WAIT;
	struct at_job *j = a->job;

	if (still && waits_at_prompt(a)) {
		take_prompt(a, now);
	} else if (still && partial_expected(a)) {
		const struct slice line = slice_make(a->line.data, a->line.len);

		a->tail = true;
		job_add_line(j, line, a->line_at);
		finish(a, AT_OK, -1, line, NULL, now);
	} else {
		finish(a, AT_TIMEOUT, -1, slice_make(NULL, 0), j->sent != 0
		    ? "no final answer came in time"
		    : "the port did not take the bytes", now);
	}
}

/* ---- the line builder */

static void
end_line(struct at *a, uint64_t now)
{
	const struct slice line = slice_make(buf_str(&a->line), a->line.len);

	if (a->tail) {
		a->tail = false;
	} else if (a->urc_text) {
		a->urc_text = false;
		if (a->io->urc != NULL)
			a->io->urc(a->arg, line.p, line.n, a->line_at);
	} else if (line.n != 0) {
		if (a->job != NULL)
			run_line(a, line, now);
		else
			other_line(a, line, now);
	}
	buf_clear(&a->line);
}

static void
add_byte(struct at *a, char c)
{
	a->after_cr = false;
	if (a->line.len == 0)
		a->line_at = a->offset;
	if (a->line.len < LIMIT_AT_LINE)        /* the rest of a longer line is dropped */
		(void)buf_add_byte(&a->line, c);
	if (c == ':' && a->line.len > 5 && a->line.data[0] == '+') {
		a->raw_left = at_table_raw(slice_make(a->line.data, a->line.len));
		if (a->raw_left != 0) {
			report_urc(a, slice_make(a->line.data, a->line.len), a->line_at);
			buf_clear(&a->line);
		}
	}
}

static void
take_byte(struct at *a, char c, uint64_t now)
{
	if (a->raw_left != 0) {
		a->raw_left--;
	} else if (c == '\r') {
		if (!a->after_cr || a->line.len != 0)
			end_line(a, now);
		a->after_cr = true;
	} else if (c == '\n') {
		if (!a->after_cr)
			end_line(a, now);
		a->after_cr = false;
	} else if (c != '\0') {
		add_byte(a, c);
	}
}

void
at_feed(struct at *a, const void *p, size_t n, uint64_t offset, uint64_t now)
{
	const char *s = p;

	a->offset = offset;
	a->feeding = true;
	if (n != 0) {
		a->last_byte = now;
		if (a->phase == AT_PHASE_QUIET)
			a->until = now + QUIET_WAIT < a->quiet_end ? now + QUIET_WAIT
			    : a->quiet_end;
	}
	for (size_t i = 0; i < n; i++) {
		a->offset = offset + i;
		take_byte(a, s[i], now);
	}
	a->offset = offset + n;
	a->feeding = false;
	pump(a, now);
}

/* ---- sending */

static void
start_job(struct at *a, uint64_t now)
{
	struct at_job *j = LIST_ENTRY(a->queue.next, struct at_job, node);
	char *text = mem_fmt("%s%s", j->r.command, a->cfg.eol);
	bool good;

	list_del(&j->node);
	a->queued--;
	a->job = j;
	a->phase = AT_PHASE_RUN;
	j->started = now;
	j->from = a->offset;
	j->partial_at_send = a->line.len;
	good = a->io->write(a->arg, text, strlen(text));
	mem_free(text);
	if (!good)
		wire_gone(a, now);
}

/* Nothing at all came since the markers went out, and this is not just another marker. */
static bool
worth_a_try(const struct at *a, const struct at_job *j)
{
	return a->last_byte <= a->asked && !slice_is(command_of(j), "AT");
}

/* Starts the next command when there is nothing in the way. Not while bytes are being fed:
 * what stands behind a final code in the same piece came before the next command was sent. */
static void
pump(struct at *a, uint64_t now)
{
	if (a->feeding || a->pumping)
		return;
	a->pumping = true;
	while (a->phase == AT_PHASE_IDLE && !list_empty(&a->queue)) {
		const struct at_job *j = LIST_ENTRY(a->queue.next, struct at_job, node);

		if (a->cfg.gap != 0 && now < a->idle_since + a->cfg.gap)
			break;
		a->unsure = a->dead && at_table_is_at(command_of(j));
		a->proved = false;
		if (a->unsure && !worth_a_try(a, j))
			resync(a, UNKNOWN_FINALS, true, now);
		else
			start_job(a, now);
	}
	a->pumping = false;
}

static bool
is_clean(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return false;
	return true;
}

static enum err
check(const struct at *a, const struct at_request *r, struct err_msg *why)
{
	const size_t n = strlen(r->command);

	if (n == 0 || n > LIMIT_AT_COMMAND || !is_clean(r->command))
		return err_set(why, ERR_USAGE, "AT command",
		    "send one command, without control bytes",
		    n == 0 ? "it is empty" : n > LIMIT_AT_COMMAND ? "it is too long"
		    : "it holds control bytes");
	if (r->payload_n > AT_PAYLOAD_MAX)
		return err_set(why, ERR_LIMIT, r->command, NULL,
		    "the text behind the prompt is over %d bytes",
		    AT_PAYLOAD_MAX);
	if (!r->payload_raw && r->payload_n != 0 &&
	    (memchr(r->payload, CTRL_Z, r->payload_n) != NULL ||
	    memchr(r->payload, ESC, r->payload_n) != NULL))
		return err_set(why, ERR_USAGE, r->command, "send it raw",
		    "the text holds Ctrl-Z or ESC");
	if (a->closing)
		return err_set(why, ERR_LOST, r->command, NULL, "the console is being closed");
	if (a->lock != NULL && a->lock != r->owner)
		return err_set(why, ERR_BUSY, r->command, "wait, or at.unlock",
		    "the console is locked");
	if (a->queued >= AT_QUEUE_MAX)
		return err_set(why, ERR_BUSY, r->command, "wait for the answers",
		    "%d commands wait already",
		    AT_QUEUE_MAX);
	return ERR_OK;
}

enum err
at_send(struct at *a, const struct at_request *r, struct err_msg *why)
{
	const enum err e = check(a, r, why);
	struct at_job *j;

	if (e != ERR_OK)
		return e;
	j = job_new(r);
	if (j->r.prompt == NULL && j->r.payload_n != 0)
		j->r.prompt = mem_str(">");
	if (j->r.timeout == 0)
		j->r.timeout = at_table_timeout(command_of(j));
	if (j->r.timeout < a->cfg.timeout && r->timeout == 0)
		j->r.timeout = a->cfg.timeout;
	list_add_tail(&a->queue, &j->node);
	a->queued++; /* the next tick starts it: `done` never runs inside at_send */
	return ERR_OK;
}

void
at_sent(struct at *a, uint64_t when)
{
	if (a->job != NULL && a->job->sent == 0)
		a->job->sent = when;
}

uint64_t
at_deadline(const struct at *a)
{
	switch (a->phase) {
	case AT_PHASE_RUN:
		return job_deadline(a);
	case AT_PHASE_IDLE:
		if (list_empty(&a->queue))
			return UINT64_MAX;
		return a->cfg.gap != 0 ? a->idle_since + a->cfg.gap : 0;
	case AT_PHASE_QUIET:
	case AT_PHASE_MARK:
	case AT_PHASE_SETTLE:
		break;
	}
	return a->until;
}

void
at_tick(struct at *a, uint64_t now)
{
	if (a->phase != AT_PHASE_IDLE && now >= at_deadline(a)) {
		if (a->phase == AT_PHASE_RUN)
			run_tick(a, now);
		else
			resync_tick(a, now);
	}
	pump(a, now);
}

/* ---- owners, loss, life */

void
at_cancel(struct at *a, const void *owner, uint64_t now)
{
	const struct slice none = slice_make(NULL, 0);
	struct list mine;

	list_init(&mine);
	LIST_EACH_SAFE(n, &a->queue)
		if (LIST_ENTRY(n, struct at_job, node)->r.owner == owner) {
			list_del(n);
			list_add_tail(&mine, n);
			a->queued--;
		}
	while (!list_empty(&mine)) {
		struct at_job *j = LIST_ENTRY(mine.next, struct at_job, node);

		list_del(&j->node);
		answer(a, j, AT_CANCELLED, -1, none, "taken back", now);
	}
	if (a->job != NULL && a->job->r.owner == owner)
		finish(a, AT_CANCELLED, -1, none, "taken back", now);
	if (a->lock == owner)
		a->lock = NULL;
}

enum err
at_lock(struct at *a, const void *owner, struct err_msg *why)
{
	if (a->lock != NULL && a->lock != owner)
		return err_set(why, ERR_BUSY, "console", "wait, or at.unlock",
		    "it is locked by another");
	a->lock = owner;
	return ERR_OK;
}

void
at_unlock(struct at *a, const void *owner)
{
	if (a->lock == owner)
		a->lock = NULL;
}

void
at_lost(struct at *a, const char *why, uint64_t now)
{
	struct at_job *j = a->job;

	a->job = NULL;
	idle(a, now);
	buf_clear(&a->line);
	a->raw_left = 0;
	a->after_cr = a->tail = a->urc_text = a->dead = false;
	a->echo = AT_ECHO_UNKNOWN;
	if (j != NULL)
		answer(a, j, AT_LOST, -1, slice_make(NULL, 0), why, now);
	fail_queue(a, AT_LOST, why, now);
}

bool
at_busy(const struct at *a)
{
	return a->phase != AT_PHASE_IDLE || !list_empty(&a->queue);
}

const char *
at_command(const struct at *a)
{
	return a->job != NULL ? a->job->r.command : NULL;
}

void
at_init(struct at *a, const struct at_config *cfg, const struct at_io *io, void *arg)
{
	*a = (struct at){ .io = io, .arg = arg };
	a->cfg = *cfg;
	list_init(&a->queue);
	buf_init(&a->line, LIMIT_AT_LINE + 1);
}

void
at_fini(struct at *a)
{
	struct at_job *j = a->job;

	a->closing = true;
	a->job = NULL;
	a->phase = AT_PHASE_IDLE;
	if (j != NULL)
		answer(a, j, AT_CANCELLED, -1, slice_make(NULL, 0), "the console was closed", 0);
	fail_queue(a, AT_CANCELLED, "the console was closed", 0);
	buf_fini(&a->line);
}
