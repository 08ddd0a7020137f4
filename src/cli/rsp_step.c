/* rsp_step.c - `vise rsp step`. */
#include "cli/rsp_step.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/slice.h"
#include "cli/args.h"
#include "cli/rsp_ask.h"
#include "rsp/steps.h"
#include "sys/terminal.h"

enum { STEPS_MAX = 1000000 };

static bool
show_progress(void *arg, uint64_t done)
{
	const uint64_t of = *(const uint64_t *)arg;

	if (done % 200 == 0 && done < of)
		fprintf(stderr, "\r%" PRIu64 " of %" PRIu64 " steps", done, of);
	else if (done == of && of >= 200)
		fputs("\r                              \r", stderr);
	return true;
}

/* QEMU lets nothing interrupt a step unless told; OpenOCD has a word for the same. What was, is put
 * back by the server itself for the next debugger (QEMU) or is its own default (auto). */
static enum err
set_mask(struct rsp_ask *a, const char *mask, struct err_msg *why)
{
	const bool on = strcmp(mask, "on") == 0;
	struct buf reply;
	enum err e;

	if (!on && strcmp(mask, "off") != 0)
		return err_set(why, ERR_USAGE, mask, NULL, "interrupts are masked on or off");
	buf_init(&reply, RSP_BODY_MAX);
	e = rsp_client_say(a->client, on ? "Qqemu.sstep=7" : "Qqemu.sstep=1", &reply, why);
	if (e == ERR_OK && strcmp(buf_str(&reply), "OK") != 0)
		e = rsp_client_monitor(a->client, on ? "cortex_m maskisr on"
		    : "cortex_m maskisr off", &reply, why);
	buf_fini(&reply);
	return e;
}

static void
put_steps(json_t *o, const struct rsp_steps *s)
{
	const struct { const char *key; uint64_t v; } counts[] = {
		{ "sent", s->sent }, { "answered", s->answered }, { "sigtrap", s->trapped },
		{ "right", s->right }, { "wrong", s->wrong }, { "stuck", s->stuck },
		{ "exceptions", s->exceptions }, { "unchecked", s->unchecked },
		{ "p50_us", s->p50 / NS_PER_US }, { "p99_us", s->p99 / NS_PER_US },
		{ "longest_us", s->longest / NS_PER_US },
	};
	const uint64_t checked = s->right + s->wrong + s->stuck;
	double low, high;

	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		json_put_int(o, counts[i].key, (int64_t)counts[i].v);
	rsp_wilson(s->right, checked, &low, &high);
	json_put_num(o, "success_percent", checked != 0 ? 100.0 * (double)s->right /
	    (double)checked : (double)NAN);
	json_put_num(o, "success_low", low);
	json_put_num(o, "success_high", high);
	json_put_bool(o, "lost", s->lost);
	json_put_bool(o, "ended", s->ended);
	json_put_bool(o, "interrupted", s->cut);
	if (s->wrong != 0) {
		json_put_int(o, "wrong_from", (int64_t)s->wrong_from);
		json_put_int(o, "wrong_to", (int64_t)s->wrong_to);
	}
}

static void
text_steps(const json_t *o)
{
	const long long sent = json_get_int(o, "sent", 0),
		  checked = json_get_int(o, "right", 0) + json_get_int(o, "wrong", 0) +
	    json_get_int(o, "stuck", 0);

	printf("%lld steps, interrupts %s, instructions of %s\n", sent,
	    json_get_str(o, "mask", "as the server has them"), json_get_str(o, "isa", "?"));
	printf("  answered            %lld\n", (long long)json_get_int(o, "answered", 0));
	printf("  stopped by SIGTRAP  %lld\n", (long long)json_get_int(o, "sigtrap", 0));
	printf("  at a right place    %lld of %lld checked", (long long)json_get_int(o, "right", 0),
	    checked);
	if (checked != 0)
		printf(": %.2f %% (95 %%: %.2f to %.2f)", json_get_num(o, "success_percent", 0),
		    json_get_num(o, "success_low", 0), json_get_num(o, "success_high", 0));
	printf("\n  into an exception   %lld\n  did not move        %lld\n"
	    "  somewhere else      %lld\n",
	    (long long)json_get_int(o, "exceptions", 0), (long long)json_get_int(o, "stuck", 0),
	    (long long)json_get_int(o, "wrong", 0));
	if (json_get_int(o, "wrong", 0) != 0)
		printf("    first: from 0x%llx to 0x%llx\n",
		    (unsigned long long)json_get_int(o, "wrong_from", 0),
		    (unsigned long long)json_get_int(o, "wrong_to", 0));
	printf("  cannot be checked   %lld (target in a register or in memory)\n",
	    (long long)json_get_int(o, "unchecked", 0));
	if (json_get_bool(o, "lost", false))
		puts("  the last step was never answered: nothing was sent after it");
	if (json_get_bool(o, "ended", false))
		puts("  the program ended with the last step");
	if (json_get_bool(o, "interrupted", false))
		puts("  stopped by a signal before the rest was stepped");
	printf("a step: median %.3f ms, p99 %.3f ms, longest %.3f ms\n",
	    (double)json_get_int(o, "p50_us", 0) / 1e3, (double)json_get_int(o, "p99_us", 0) / 1e3,
	    (double)json_get_int(o, "longest_us", 0) / 1e3);
}

static enum err
parse(struct rsp_steps_options *o, const char *count, const char *timeout, struct err_msg *why)
{
	if (!slice_u64(slice_of(count), STEPS_MAX, &o->count))
		return err_set(why, ERR_USAGE, count, NULL, "at most %d steps", STEPS_MAX);
	(void)slice_duration(slice_of(timeout), &o->timeout_ns);
	return ERR_OK;
}

/* What --check wants: each step was answered with a trap, at a place that may be. */
static bool
is_clean(const struct rsp_steps *s)
{
	return s->wrong + s->stuck == 0 && !s->lost && !s->ended && s->trapped == s->answered;
}

int
cli_rsp_step(struct cli_call *c)
{
	struct rsp_ask a = { .call = c };
	const char *count = "1000", *mask = NULL, *isa = NULL, *timeout = "3s";
	bool check = false;
	const struct args_option options[] = {
		{ "--count", ARGS_COUNT, &count }, { "--mask", ARGS_TEXT, &mask },
		{ "--isa", ARGS_TEXT, &isa }, { "--timeout", ARGS_SPAN, &timeout },
		{ "--check", ARGS_FLAG, &check }, { .name = NULL },
	};
	struct rsp_steps s = { .sent = 0 };
	struct rsp_steps_options o = { .arg = &o.count,
		.progress = terminal_is(2) ? show_progress : NULL };
	struct err_msg why;
	int status;
	enum err e = args_parse(c, options, 1, 1, &why);

	if (e == ERR_OK)
		e = parse(&o, count, timeout, &why);
	if (e == ERR_OK)
		e = rsp_ask_open(&a, c->word[0], true, isa, &why);
	if (e == ERR_OK && mask != NULL)
		e = set_mask(&a, mask, &why);
	if (e == ERR_OK)
		e = rsp_steps_run(a.client, &a.target, &o, &s, &why);
	if (e == ERR_OK) {
		put_steps(a.out, &s);
		json_put_str(a.out, "isa", rsp_isa_word(a.target.isa));
		if (mask != NULL)
			json_put_str(a.out, "mask", strcmp(mask, "on") == 0 ? "masked" : "open");
	}
	status = rsp_ask_close(&a, e, &why, text_steps);
	if (status == 0 && s.cut)
		return err_exit_status(ERR_CANCELLED);
	return status == 0 && check && !is_clean(&s) ? 1 : status;
}
