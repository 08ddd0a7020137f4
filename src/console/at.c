/* at.c - the AT engine: the queue, sending, deadlines, owners, loss, life. */
#include "console/at.h"

#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "console/at_job.h"
#include "console/at_lines.h"
#include "console/at_run.h"
#include "console/at_sync.h"

enum { UNKNOWN_FINALS = 1000 };

static void pump(struct at *a, uint64_t now);

void
at_queue_fail(struct at *a, enum at_code code, const char *why, uint64_t now)
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
		at_job_answer(a, j, code, -1, slice_make(NULL, 0), why, now);
	}
}

void
at_idle(struct at *a, uint64_t now)
{
	a->phase = AT_PHASE_IDLE;
	a->idle_since = now;
	a->in_prompt = false;
}

void
at_wire_gone(struct at *a, uint64_t now)
{
	at_lost(a, "the port is gone", now);
}

void
at_feed(struct at *a, const void *p, size_t n, uint64_t offset, uint64_t now)
{
	const char *s = p;

	a->offset = offset;
	a->feeding = true;
	if (n != 0) {
		a->last_byte = now;
		at_sync_byte(a, now);
	}
	for (size_t i = 0; i < n; i++) {
		a->offset = offset + i;
		at_lines_byte(a, s[i], now);
	}
	a->offset = offset + n;
	a->feeding = false;
	pump(a, now);
}

/* ---- sending */

/* What the line sets holds for its own result already (V.250 6.2). */
static void
expect_settings(struct at *a, struct slice command)
{
	unsigned v;

	if (at_table_basic(command, "Q", &v))
		a->quiet = v == 1 ? AT_ECHO_ON : AT_ECHO_OFF;
	if (at_table_basic(command, "V", &v) || at_table_basic(command, "Z", &v) ||
	    at_table_basic(command, "&F", &v))
		a->verbose = AT_ECHO_UNKNOWN;
	a->s3_old = a->s3;
	a->s4_old = a->s4;
	if (at_table_basic(command, "S3", &v))
		a->s3 = (char)v;
	if (at_table_basic(command, "S4", &v))
		a->s4 = (char)v;
}

static bool
is_repeat(const struct at_job *j)
{
	return strcasecmp(j->r.command, "A/") == 0;     /* V.250 5.2.4: no line end */
}

static void
start_job(struct at *a, uint64_t now)
{
	struct at_job *j = LIST_ENTRY(a->queue.next, struct at_job, node);
	char *text = mem_fmt("%s%s", j->r.command, is_repeat(j) ? "" :
	    j->r.eol != NULL ? j->r.eol : a->cfg.eol);
	bool good;

	list_del(&j->node);
	a->queued--;
	a->job = j;
	a->phase = AT_PHASE_RUN;
	j->started = now;
	j->from = a->offset;
	j->partial_at_send = a->line.len;
	expect_settings(a, at_job_command(j));
	good = a->io->write(a->arg, text, strlen(text));
	mem_free(text);
	if (!good)
		at_wire_gone(a, now);
	else if (j->r.begun != NULL)
		j->r.begun(j->r.arg, j->r.timeout);
}

/* The profile's lines go before what waits. */
static void
queue_init(struct at *a)
{
	struct slice rest = slice_of(a->cfg.init);
	struct list *before = a->queue.next;

	a->init_due = false;
	while (rest.n != 0) {
		const struct slice w = slice_trim(slice_cut(rest, '|', &rest));
		char *text = mem_strn(w.p, w.n);
		struct at_job *j = at_job_new(&(const struct at_request){
		    .command = text, .owner = a, .timeout = a->cfg.timeout });

		mem_free(text);
		list_add_tail(before, &j->node);        /* in front of it: in order */
		a->queued++;
	}
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
		if (a->init_due && a->cfg.init != NULL && !a->dead &&
		    at_table_is_at(at_job_command(j))) {
			queue_init(a);
			continue;
		}
		a->unsure = a->dead && a->quiet != AT_ECHO_ON && at_table_is_at(at_job_command(j));
		a->proved = false;
		if (a->unsure && !at_sync_worth_a_try(a, j))
			at_sync_begin(a, UNKNOWN_FINALS, true, now);
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

/* The command names its number of bytes, and the data has another. */
static bool
wrong_count(const struct at_request *r)
{
	struct at_prompt p;

	return r->payload_n != 0 && at_table_prompt(slice_of(r->command), &p) && p.count >= 0 &&
	    (uint64_t)p.count != r->payload_n;
}

static enum err
check_text(const struct at_request *r, struct err_msg *why)
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
	if (wrong_count(r))
		return err_set(why, ERR_USAGE, r->command, NULL,
		    "the data is %zu bytes long, the command says another number", r->payload_n);
	return ERR_OK;
}

/* Ctrl-Z and ESC end text at a prompt; only data that is counted may hold them. */
static bool
ends_itself(const struct at_request *r)
{
	struct at_prompt p;
	const bool counted = r->payload_raw ||
	    (at_table_prompt(slice_of(r->command), &p) && p.raw);

	return !counted && r->payload_n != 0 &&
	    (memchr(r->payload, AT_CTRL_Z, r->payload_n) != NULL ||
	    memchr(r->payload, AT_ESC, r->payload_n) != NULL);
}

static enum err
check(const struct at *a, const struct at_request *r, struct err_msg *why)
{
	const enum err e = check_text(r, why);

	if (e != ERR_OK)
		return e;
	if (ends_itself(r))
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
	struct at_prompt p = { ">", false, -1 };
	struct at_job *j;

	if (e != ERR_OK)
		return e;
	j = at_job_new(r);
	if (r->payload_n != 0 && at_table_prompt(slice_of(r->command), &p) && p.raw)
		j->r.payload_raw = true;
	if (j->r.prompt == NULL && j->r.payload_n != 0)
		j->r.prompt = mem_str(p.prompt);
	if (j->r.timeout == 0)
		j->r.timeout = at_table_timeout(at_job_command(j));
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

static uint64_t
phase_deadline(const struct at *a)
{
	switch (a->phase) {
	case AT_PHASE_RUN:
		return at_run_deadline(a);
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

uint64_t
at_deadline(const struct at *a)
{
	const uint64_t held = at_lines_deadline(a), phase = phase_deadline(a);

	return held < phase ? held : phase;
}

void
at_tick(struct at *a, uint64_t now)
{
	if (at_lines_deadline(a) <= now)
		at_lines_held(a, now);
	if (a->phase != AT_PHASE_IDLE && now >= at_deadline(a)) {
		if (a->phase == AT_PHASE_RUN)
			at_run_tick(a, now);
		else
			at_sync_tick(a, now);
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
		at_job_answer(a, j, AT_CANCELLED, -1, none, "taken back", now);
	}
	if (a->job != NULL && a->job->r.owner == owner && !a->job->typed) {
		/* V.250 5.6.1: a character ends a dial or a scan; its result still comes. */
		if (at_table_abortable(at_job_command(a->job)) && a->job->sent != 0)
			(void)a->io->write(a->arg, a->cfg.eol, strlen(a->cfg.eol));
		at_run_finish(a, AT_CANCELLED, -1, none, "taken back", now);
	}
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
	at_idle(a, now);
	at_lines_reset(a);
	buf_clear(&a->typing);
	a->dead = a->echo_off = false;
	a->echo = a->verbose = a->quiet = AT_ECHO_UNKNOWN;
	a->init_due = true;
	if (j != NULL)
		at_job_answer(a, j, AT_LOST, -1, slice_make(NULL, 0), why, now);
	at_queue_fail(a, AT_LOST, why, now);
}

bool
at_busy(const struct at *a)
{
	if (a->job != NULL && a->job->typed)
		return !list_empty(&a->queue);
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
	buf_init(&a->typing, LIMIT_AT_COMMAND + 1);
	buf_init(&a->raw, AT_RAW_KEEP + 1);
	buf_init(&a->raw_head, LIMIT_AT_LINE + 8);
	a->s3 = a->s3_old = '\r';
	a->s4 = a->s4_old = '\n';
	a->init_due = true;
}

void
at_fini(struct at *a)
{
	struct at_job *j = a->job;

	a->closing = true;
	a->job = NULL;
	a->phase = AT_PHASE_IDLE;
	if (j != NULL)
		at_job_answer(a, j, AT_CANCELLED, -1, slice_make(NULL, 0),
		    "the console was closed", 0);
	at_queue_fail(a, AT_CANCELLED, "the console was closed", 0);
	buf_fini(&a->line);
	buf_fini(&a->typing);
	buf_fini(&a->raw);
	buf_fini(&a->raw_head);
}
