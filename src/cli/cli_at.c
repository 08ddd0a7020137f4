/* cli_at.c - `vise at`. */
#include "cli/cli_at.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/args.h"
#include "cli/door.h"
#include "cli/say.h"

struct at_options {
	const char *expect, *timeout, *baud;
};

static void
print_result(const struct cli_call *c, const json_t *r)
{
	const json_t *lines = json_object_get(r, "lines");
	char took[32];

	if (c->json) {
		say_json(r);
		return;
	}
	for (size_t i = 0; i < json_array_size(lines); i++) {
		const json_t *l = json_array_get(lines, i);

		say_text(stdout, json_string_value(l) != NULL ? json_string_value(l) : "",
		    json_string_length(l));
		putchar('\n');
	}
	clock_fmt_span((uint64_t)(json_get_num(r, "ms", 0) * (double)NS_PER_MS), took, sizeof took);
	say_str(stdout, json_get_str(r, "result", "OK"));
	printf("  %s\n", took);
	(void)fflush(stdout);
}

static enum err
transaction(const struct cli_call *c, struct door *d, const char *command,
    const struct at_options *o, struct err_msg *why)
{
	json_t *result = NULL;
	struct buf line;
	enum err e;

	buf_init(&line, 65536);
	(void)buf_add_str(&line, "at.send");
	door_add(&line, NULL, command);
	door_add(&line, "console", d->console);
	if (o->timeout != NULL)
		door_add(&line, "timeout", o->timeout);
	if (o->expect != NULL)
		door_add(&line, "expect", o->expect);
	e = client_line(d->client, buf_str(&line), 0, &result, why);
	buf_fini(&line);
	if (e == ERR_OK)
		print_result(c, result);
	json_decref(result);
	return e;
}

int
cli_at(struct cli_call *c)
{
	struct at_options o = { NULL, NULL, NULL };
	const struct args_option options[] = {
		{ "--expect", ARGS_TEXT, &o.expect },
		{ "--timeout", ARGS_SPAN, &o.timeout },
		{ "--baud", ARGS_COUNT, &o.baud },
		{ NULL, ARGS_FLAG, NULL },
	};
	struct door d = { .client = NULL };
	struct err_msg why;
	enum err e = args_parse(c, options, 2, ARGS_MANY, &why);

	if (e == ERR_OK)
		e = door_open(&d, c->bench, c->word[0], true, &why);
	if (e == ERR_OK)
		e = door_console(&d, c->word[0], o.baud, &why);
	for (size_t i = 1; e == ERR_OK && i < c->words; i++)
		e = transaction(c, &d, c->word[i], &o, &why);
	door_close(&d);
	return say_end(c, e, &why);
}
