/* at_sync.c - the AT engine after a time-out: silence, markers, and who owes which answer. */
#include "console/at_sync.h"

#include <stdio.h>

#include "console/at_job.h"

enum { MARK_TRIES = 3, MARKERS_MAX = 8 };

void
at_sync_begin(struct at *a, unsigned lost_finals, bool mark, uint64_t now)
{
	a->phase = AT_PHASE_QUIET;
	a->asked = now;
	a->until = now + AT_QUIET_WAIT;
	a->quiet_end = now + AT_QUIET_MAX;
	a->markers = a->finals = a->tries = 0;
	a->lost_finals = lost_finals;
	a->marker_ok = false;
	a->mark = mark && a->quiet != AT_ECHO_ON;       /* ATQ1 answers no marker */
	a->raw_left = 0;                /* a false +IPD header must not hide answers for ever */
	a->urc_text = false;
}

/* The last marker also asks for results and words: a device in ATQ1 answers nothing else. */
static void
send_marker(struct at *a, uint64_t now)
{
	char text[16];
	const int n = snprintf(text, sizeof text, "%s%s%s", a->in_prompt ? "\x1b" : "",
	    a->tries == MARK_TRIES - 1 ? "ATQ0V1" : "AT", a->cfg.eol);

	a->in_prompt = false;
	if (a->markers++ == 0)
		a->asked = now;
	a->phase = AT_PHASE_MARK;
	a->until = now + AT_MARK_WAIT;
	if (!a->io->write(a->arg, text, (size_t)n))
		at_wire_gone(a, now);
}

/* As long as the device took for the markers so far: one that answers late may owe another. */
static uint64_t
patience(const struct at *a, uint64_t now)
{
	const uint64_t took = now - a->asked;

	return took < AT_QUIET_WAIT ? AT_QUIET_WAIT : took < AT_QUIET_MAX ? took : AT_QUIET_MAX;
}

void
at_sync_final(struct at *a, enum at_code code, uint64_t now)
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
		at_idle(a, now);
		return;
	}
	/* It may be the lost command's answer: another marker tells, for answers come in order. */
	if (a->markers < 2 || (code != AT_OK && a->markers < MARKERS_MAX)) {
		send_marker(a, now);
		return;
	}
	a->phase = AT_PHASE_SETTLE;
	a->until = now + patience(a, now);
}

bool
at_sync_worth_a_try(const struct at *a, const struct at_job *j)
{
	return a->last_byte <= a->asked && !slice_is(at_job_command(j), "AT");
}

/* What waited first fares as it would a moment later: a bootloader may know no command but that. */
static void
no_modem(struct at *a, uint64_t now)
{
	struct at_job *first = list_empty(&a->queue) ? NULL
	    : LIST_ENTRY(a->queue.next, struct at_job, node);

	if (first != NULL && !at_sync_worth_a_try(a, first))
		first = NULL;
	if (first != NULL)
		list_del(&first->node);
	a->dead = true;
	at_idle(a, now);
	at_queue_fail(a, AT_TIMEOUT, "no modem answers at this speed", now);
	if (first != NULL) {
		list_add_tail(a->queue.next, &first->node);      /* in front of what asked anew */
		a->queued++;
	}
}

void
at_sync_tick(struct at *a, uint64_t now)
{
	switch (a->phase) {
	case AT_PHASE_QUIET:
		if (a->mark)
			send_marker(a, now);
		else
			at_idle(a, now);
		break;
	case AT_PHASE_MARK:
		if (++a->tries >= MARK_TRIES)
			no_modem(a, now);
		else
			send_marker(a, now);
		break;
	case AT_PHASE_SETTLE:
		a->dead = false;
		at_idle(a, now);
		break;
	case AT_PHASE_IDLE:
	case AT_PHASE_RUN:
		break;
	}
}

void
at_sync_byte(struct at *a, uint64_t now)
{
	if (a->phase == AT_PHASE_QUIET)
		a->until = now + AT_QUIET_WAIT < a->quiet_end ? now + AT_QUIET_WAIT
		    : a->quiet_end;
}
