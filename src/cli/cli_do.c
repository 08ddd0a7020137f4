/* cli_do.c - one command line of a bench, and jobs. */
#include "cli/cli_do.h"

#include <stdio.h>

#include "base/limits.h"
#include "cli/args.h"
#include "cli/door.h"
#include "cli/job.h"
#include "cli/say.h"

static void
join(const struct cli_call *c, struct buf *line)
{
	for (size_t i = 0; i < c->words; i++) {
		if (i != 0)
			(void)buf_add_byte(line, ' ');
		(void)buf_add_str(line, c->word[i]);
	}
	if (c->has_rest)
		(void)buf_add_str(line, " --");
	for (size_t i = 0; i < c->rests; i++)
		door_add(line, NULL, c->rest[i]);
}

int
cli_do(struct cli_call *c)
{
	struct door d = { .client = NULL };
	json_t *result = NULL, *cause;
	struct buf line;
	struct err_msg why;
	enum err e = args_parse(c, NULL, 1, ARGS_MANY, &why);

	buf_init(&line, LIMIT_COMMAND_LINE);
	join(c, &line);
	if (e == ERR_OK)
		e = door_open(&d, c->bench, NULL, false, &why);
	if (e == ERR_OK)
		e = client_line(d.client, buf_str(&line), 0, &result, &why);
	if (e == ERR_OK && c->json)
		say_json(result);
	else if (e == ERR_OK)
		say_value(result);
	json_decref(result);
	buf_fini(&line);
	cause = client_cause(d.client);
	door_close(&d);
	return say_end_cause(c, e, &why, cause);
}

static enum err
run_line(const struct cli_call *c, const char *name, const char *timeout, const char *cwd,
    struct buf *line, struct err_msg *why)
{
	(void)buf_add_str(line, "job.run kind=run pty=off");
	if (name != NULL)
		door_add(line, "name", name);
	if (timeout != NULL)
		door_add(line, "timeout", timeout);
	if (cwd != NULL)
		door_add(line, "cwd", cwd);
	(void)buf_add_str(line, " --");
	for (size_t i = 0; i < c->rests; i++)
		door_add(line, NULL, c->rest[i]);
	return line->len < LIMIT_COMMAND_LINE - 1
		   ? ERR_OK
		   : err_set(why, ERR_LIMIT, "run", NULL, "too many arguments");
}

int
cli_run(struct cli_call *c)
{
	const char *name = NULL, *timeout = NULL;
	const struct args_option options[] = {
		{ "--name", ARGS_TEXT, &name },
		{ "--timeout", ARGS_SPAN, &timeout },
		{ NULL, ARGS_FLAG, NULL },
	};
	char here[DOOR_TARGET_MAX];
	struct door d = { .client = NULL };
	json_t *job = NULL;
	struct buf line;
	struct err_msg why;
	int status = 0, end;
	enum err e = args_parse(c, options, 0, 0, &why);

	if (e == ERR_OK && c->rests == 0)
		e = err_set(
		    &why, ERR_USAGE, "run", "vise run -- PROGRAM ARGS", "no program is given");
	buf_init(&line, LIMIT_COMMAND_LINE);
	door_spec("./.", here);
	if (e == ERR_OK)
		e = run_line(c, name, timeout, here[0] == '/' ? here : NULL, &line, &why);
	if (e == ERR_OK)
		e = door_open(&d, c->bench, NULL, true, &why);
	if (e == ERR_OK)
		e = client_line(d.client, buf_str(&line), 0, &job, &why);
	if (e == ERR_OK)
		e = job_follow(d.client, job, c->json, &status, &why);
	json_decref(job);
	buf_fini(&line);
	door_close(&d);
	end = say_end(c, e, &why);
	return status != 0 ? status : end;
}

int
cli_commands(struct cli_call *c)
{
	struct door d = { .client = NULL };
	json_t *list = NULL;
	struct err_msg why;
	enum err e = args_parse(c, NULL, 0, 0, &why);

	if (e == ERR_OK)
		e = door_open(&d, c->bench, NULL, true, &why);
	if (e == ERR_OK)
		e = door_commands(&d, &list, &why);
	if (e == ERR_OK && c->json)
		say_json(list);
	for (size_t i = 0; e == ERR_OK && !c->json && i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i);

		printf("%s\n    %s\n", json_get_str(o, "usage", json_get_str(o, "name", "")),
		    json_get_str(o, "help", ""));
	}
	json_decref(list);
	door_close(&d);
	return say_end(c, e, &why);
}
