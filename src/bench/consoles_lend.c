/* consoles_lend.c - lending a port to a flash tool and opening it again. */
#include "bench/consoles_lend.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "bench/gauge_consoles.h"
#include "bench/news.h"

void
consoles_lent_text(const struct bench_console *k, char *out, size_t size)
{
	if (k->lent_job != 0)
		snprintf(out, size, "lent to %s, job %u", k->lent_to, k->lent_job);
	else
		snprintf(out, size, "lent to %s", k->lent_to);
}

struct bench_console *
consoles_named(const struct bench *b, const char *name)
{
	LIST_EACH(n, &b->consoles)
		if (strcmp(consoles_entry(n)->name, name) == 0)
			return consoles_entry(n);
	return NULL;
}

enum err
consoles_lend(struct bench_console *k, const char *to, uint32_t job, const void *client,
    struct err_msg *why)
{
	char text[160];

	if (k->lent_to != NULL) {
		consoles_lent_text(k, text, sizeof text);
		return err_set(why, ERR_BUSY, k->name,
		    k->lent_job != 0 ? "wait for the job, or job.stop it"
				     : "console.return takes it back", "its port is %s", text);
	}
	k->lent_to = mem_fmt("%.60s", to);
	k->lent_job = job;
	k->lent_client = client;
	k->lent_open = console_state(k->console) != CONSOLE_CLOSED;
	consoles_lent_text(k, text, sizeof text);
	console_release(k->console, text);
	bench_notice(k->bench, "info", k->name, NULL, "the port is %s", text);
	return ERR_OK;
}

void
consoles_give_back(struct bench_console *k)
{
	char text[160];

	if (k->lent_to == NULL)
		return;
	gauge_consoles_ended(k->bench, k->lent_to);
	snprintf(text, sizeof text, "given back by %s", k->lent_to);
	mem_free(k->lent_to);
	k->lent_to = NULL;
	k->lent_job = 0;
	k->lent_client = NULL;
	console_mark(k->console, text);
	/* a board that starts again meanwhile is waited for: that is no failure */
	if (k->lent_open && !k->closing && !k->bench->ending)
		(void)console_retry(k->console, NULL);
	consoles_tell(k);
}

void
consoles_job_ended(struct bench *b, uint32_t job)
{
	LIST_EACH(n, &b->consoles)
		if (consoles_entry(n)->lent_to != NULL && consoles_entry(n)->lent_job == job)
			consoles_give_back(consoles_entry(n));
}

static void
cmd_borrow(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);
	const char *who = c->client != NULL ? peer_name(((struct client *)c->client)->peer)
					    : "a command";
	char device[256];
	struct err_msg why;

	if (k == NULL)
		return;
	snprintf(device, sizeof device, "%s", console_device(k->console));
	if (consoles_lend(k, json_get_str(c->args, "to", who), 0,
		json_get_bool(c->args, "keep", false) ? NULL : c->client, &why) == ERR_OK)
		command_done(c, json_pack("{s:s,s:s}", "console", k->name, "device", device));
	else
		command_fail(c, &why);
}

static void
cmd_return(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);
	char text[160];
	struct err_msg why;

	if (k == NULL)
		return;
	/* the job itself may be done with it before it ends */
	if (k->lent_job != 0 &&
	    (c->client == NULL || ((struct client *)c->client)->job != k->lent_job)) {
		consoles_lent_text(k, text, sizeof text);
		(void)err_set(&why, ERR_BUSY, k->name, "job.stop ends the job and the loan",
		    "its port is %s, which still runs", text);
		command_fail(c, &why);
		return;
	}
	consoles_give_back(k);
	command_done(c, consoles_row(k, false));
}

static const struct command_arg borrow_args[] = {
	CONSOLES_ARG,
	{ "to", ARG_WORD, 0, NULL, "who has it meanwhile, for people" },
	{ "keep", ARG_BOOL, 0, "off", "also when the one who asks goes; then console.return" },
	{ .name = NULL },
};
static const struct command_arg return_args[] = { CONSOLES_ARG, { .name = NULL } };

const struct command bench_lend_commands[] = {
	{ "console.borrow", "let the port go for another program until it is returned",
	    borrow_args, 0, cmd_borrow },
	{ "console.return", "open a borrowed port again", return_args, 0, cmd_return },
	{ .name = NULL },
};
